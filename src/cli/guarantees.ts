import { TidemarkError } from '../base/errors.ts'
import type { Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { destinationName } from '../frontend/flags/outputs.ts'
import { type Guarantee, guaranteeOf, satisfies } from '../job/guarantee.ts'
import { sourceName } from '../plan/kinds/scan.ts'
import type { NodeOf } from '../plan/nodes.ts'
import { deliveryTo } from '../sinks/delivery.ts'
import { replayOf } from '../sources/replay.ts'

export interface NamedGuarantee extends Guarantee {
  readonly source: string
  readonly sink: string
}

/** What a command line promises from each of its sources to each place where rows go: results, late rows, dead letters. */
export function guaranteesOf(scans: readonly NodeOf<'scan'>[], job: JobOptions): readonly NamedGuarantee[] {
  const sinks: readonly Destination[] = [
    job.output,
    ...(job.late.kind === 'route' ? [job.late.to] : []),
    ...(job.onError.kind === 'route' ? [job.onError.to] : []),
  ]
  return scans.flatMap(({ source }) =>
    sinks.map((to) => ({
      source: sourceName(source),
      sink: destinationName(to),
      ...guaranteeOf(
        job.state !== null,
        replayOf(source.files, { isFollowed: job.follow, isReplayed: job.replay }),
        deliveryTo(to),
      ),
    })),
  )
}

/** Throws E_GUARANTEE where less is promised than `--require` asks for. */
export function refuseLess(guarantees: readonly NamedGuarantee[], { require: required, state }: JobOptions): void {
  if (required === null) return
  const less = guarantees.find(({ guarantee }) => !satisfies(guarantee, required))
  if (!less) return
  const { source, sink, guarantee, why } = less
  const hint = state === null ? 'without --state DIR a run that is stopped begins again from the start' : why
  throw new TidemarkError('E_GUARANTEE', `${source} to ${sink} is ${guarantee}, not ${required}`, { hint })
}
