import { TidemarkError } from '../base/errors.ts'
import type { Destination, JobOptions } from '../frontend/flags/command-line.ts'
import { destinationName } from '../frontend/flags/outputs.ts'
import type { PlannedJob } from '../frontend/planned-job.ts'
import { type Guarantee, guaranteeOf, satisfies } from '../job/guarantee.ts'
import { sourceName } from '../plan/kinds/scan.ts'
import { scansOf } from '../plan/nodes.ts'
import { deliveryTo } from '../sinks/delivery.ts'
import { FROM_LOG, replayOf } from '../sources/replay.ts'

export interface NamedGuarantee extends Guarantee {
  readonly source: string
  readonly sink: string
}

/** What a job promises from each of its sources to each place where rows of it go: results, late rows, dead letters. */
export function guaranteesOf({ root, job, sinks, sources }: PlannedJob): readonly NamedGuarantee[] {
  return scansOf(root).flatMap((scan) => {
    const { source } = scan
    const bad = sources.get(scan)?.bad?.onError ?? job.onError
    const places: readonly Destination[] = [
      ...sinks.filter(({ from }) => from.some((node) => scansOf(node).includes(scan))).map(({ output }) => output),
      ...(job.late.kind === 'route' ? [job.late.to] : []),
      ...(bad.kind === 'route' ? [bad.to] : []),
    ]
    const replay = source.kafka
      ? FROM_LOG
      : replayOf(source.files, { isFollowed: source.isFollowed ?? false, isReplayed: job.replay })
    return places.map((to) => ({
      source: sourceName(source),
      sink: destinationName(to),
      ...guaranteeOf(job.state !== null, replay, deliveryTo(to)),
    }))
  })
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
