import { resolve } from 'node:path'
import { TidemarkError } from '../../base/errors.ts'
import { placeName } from '../../connectors/kafka.ts'
import type { Destination, JobOptions } from './command-line.ts'

/** Writing there twice harms nobody. */
const HARMLESS = new Set(['/dev/null'])

/** A place that is written to, and who names it. */
export interface NamedOutput {
  readonly flag: string
  readonly to: Destination
}

/**
 * No output may be an input of the job, and none may be written by two flags (CLI.md, rule 10). Judged by path, links not followed.
 * `others`: inputs that steps name; `sides`: outputs of theirs. Throws E_OUTPUT.
 */
export function checkOutputs(job: JobOptions, others: readonly string[], sides: readonly NamedOutput[]): void {
  checkPlaces([...job.inputs, ...others], [...outputsOf(job), ...sides])
}

/** The same for outputs and inputs of whatever origin. */
export function checkPlaces(paths: readonly string[], outputs: readonly NamedOutput[]): void {
  const inputs = new Map(paths.filter((path) => path !== '-').map((path) => [resolve(path), path]))
  const seen = new Map<string, string>()
  for (const { flag, to } of outputs) {
    const place = placeOf(to)
    if (HARMLESS.has(place)) continue
    if (to.kind === 'file' && inputs.has(place)) {
      throw new TidemarkError('E_OUTPUT', `${flag} would overwrite the input '${inputs.get(place)}'`, {
        hint: 'write to another file, and rename it when the run is done',
      })
    }
    const other = seen.get(place)
    if (other !== undefined) {
      throw new TidemarkError('E_OUTPUT', `${other} and ${flag} write to the same place: ${destinationName(to)}`, {
        hint: 'give each its own file',
      })
    }
    seen.set(place, flag)
  }
}

function outputsOf({ output, late, onError, summary }: JobOptions): readonly NamedOutput[] {
  const outputs: NamedOutput[] = [{ flag: output.kind === 'stdout' ? 'the result' : '--output', to: output }]
  if (late.kind === 'route') outputs.push({ flag: '--late', to: late.to })
  if (onError.kind === 'route') outputs.push({ flag: '--on-error', to: onError.to })
  if (summary) outputs.push({ flag: '--summary', to: summary })
  return outputs
}

const placeOf = (to: Destination): string => {
  if (to.kind === 'file') return resolve(to.path)
  if (to.kind === 'kafka') return destinationName(to)
  return to.kind === 'parts' ? resolve(to.template.text) : to.kind === 'stdout' ? 'fd:1' : `fd:${to.descriptor}`
}

/** As messages and `explain` name it. */
export function destinationName(to: Destination): string {
  if (to.kind === 'parts') return to.template.text
  if (to.kind === 'kafka') return `Kafka ${placeName(to.sink.place)} ${to.sink.topic}`
  return to.kind === 'file' ? to.path : to.kind === 'stdout' ? 'standard output' : `fd:${to.descriptor}`
}
