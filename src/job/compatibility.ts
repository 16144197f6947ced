import { TidemarkError } from '../base/errors.ts'
import type { RowShape } from '../data/row-slab.ts'
import type { Signature } from '../plan/node-kind.ts'
import type { OperatorRecord } from '../state/store.ts'
import type { StructureShape } from '../state/structure.ts'
import type { StructureShapes } from './structure-shapes.ts'

/** What becomes of a step's stored state when a pipeline goes on with it (DESIGN 4.15). */
export interface Verdict {
  readonly step: string
  readonly verdict: 'keep' | 'new' | 'dropped' | 'incompatible'
  /** In words: what differs, what is lost, what may help; empty where all is well. */
  readonly why: string
}

/** `current`: signatures of the plan's steps by id; `stored`: what the last epoch knows of its steps. Steps without state are not judged. */
export function judgeState(
  stored: Readonly<Record<string, OperatorRecord>>,
  current: ReadonlyMap<string, string>,
): readonly Verdict[] {
  const kept = new Map(Object.entries(stored).map(([id, { signature }]) => [id, signature]))
  const verdicts: Verdict[] = []
  for (const [step, signature] of current) {
    if (!hasState(signature)) continue
    const before = kept.get(step)
    if (before === undefined || !hasState(before)) verdicts.push({ step, verdict: 'new', why: 'it begins empty' })
    else if (before === signature) verdicts.push({ step, verdict: 'keep', why: '' })
    else verdicts.push({ step, verdict: 'incompatible', why: difference(before, signature) })
  }
  for (const [step, signature] of kept) {
    const now = current.get(step)
    if (hasState(signature) && (now === undefined || !hasState(now))) {
      verdicts.push({ step, verdict: 'dropped', why: droppedWhy(step, signature, kept, current) })
    }
  }
  return verdicts
}

/** Throws E_STATE_MISFIT where state would be misread, or lost without `mayDrop`. */
export function refuseMisfit(verdicts: readonly Verdict[], folder: string, mayDrop: boolean): void {
  const misfit = verdicts.find(({ verdict }) => verdict === 'incompatible')
  if (misfit) {
    throw new TidemarkError('E_STATE_MISFIT', `${misfit.step} cannot go on with its state: ${misfit.why}`, {
      hint: `to begin anew: tidemark state reset ${folder}; to keep the old state beside it, give the step another --name`,
    })
  }
  const dropped = verdicts.find(({ verdict }) => verdict === 'dropped')
  if (dropped && !mayDrop) {
    throw new TidemarkError('E_STATE_MISFIT', `no step goes on with the state of ${dropped.step}`, {
      hint: `${dropped.why}; --allow-drop-state gives it up`,
    })
  }
}

/**
 * Whole rows are kept with the columns that later steps read. Throws E_STATE_MISFIT where those are others now. `stored`: absent in what earlier releases wrote.
 */
export function refuseOtherColumns(
  step: string,
  stored: StructureShape | undefined,
  now: StructureShape | undefined,
): void {
  const other = otherColumns(stored, now)
  if (other === null) return
  throw new TidemarkError('E_STATE_MISFIT', `${step} cannot go on with the rows it keeps: they ${other}`, {
    hint: 'later steps, and where rows go, decide what is kept of a row: run them as before until it is empty, or begin anew with tidemark state reset',
  })
}

/** In words, how the columns of kept rows differ; null: they do not. */
function otherColumns(stored: StructureShape | undefined, now: StructureShape | undefined): string | null {
  if (!stored || !now || !('lines' in stored) || !('lines' in now)) return null
  const [before, after] = [rowsText(stored), rowsText(now)]
  return before === after ? null : `hold ${before}, and now take ${after}`
}

/** `verdicts`, where those of steps that keep rows with other columns than `shapes` are `incompatible`. */
export function judgeColumns(
  verdicts: readonly Verdict[],
  stored: Readonly<Record<string, OperatorRecord>>,
  shapes: StructureShapes,
): readonly Verdict[] {
  return verdicts.map((one) => {
    if (one.verdict !== 'keep') return one
    const now = shapes.get(one.step) ?? {}
    for (const [name, shape] of Object.entries(stored[one.step]?.shapes ?? {})) {
      const other = otherColumns(shape, now[name])
      if (other) return { step: one.step, verdict: 'incompatible', why: `the rows it keeps ${other}` }
    }
    return one
  })
}

const rowsText = ({ columns, lines }: RowShape): string =>
  [
    ...columns.map(({ name, type }) => (type === 'any' ? name : `${name} (${type})`)),
    ...(lines ? ['the whole line'] : []),
  ].join(', ') || 'nothing but their keys'

const EMPTY = '{}'
const hasState = (signature: string): boolean => signature !== EMPTY && signature !== ''

function difference(before: string, now: string): string {
  const [old, fresh] = [JSON.parse(before) as Signature, JSON.parse(now) as Signature]
  const parts = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
  const changed = parts.filter((part) => JSON.stringify(old[part]) !== JSON.stringify(fresh[part]))
  return changed.map((part) => `its ${part} ${was(old[part])} and ${is(fresh[part])}`).join('; ')
}

const was = (part: Signature[string] | undefined) => `${isMany(part) ? 'were' : 'was'} ${written(part)}`
const is = (part: Signature[string] | undefined) => `${isMany(part) ? 'are' : 'is'} now ${written(part)}`
const isMany = (part: Signature[string] | undefined) => Array.isArray(part)
const written = (part: Signature[string] | undefined): string =>
  part === undefined || part.length === 0 ? 'none' : typeof part === 'string' ? part : part.join(', ')

/** Perhaps the step was only renamed, or its ordinal has shifted. */
function droppedWhy(
  step: string,
  signature: string,
  stored: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, string>,
): string {
  const heir = [...current].find(([id, other]) => other === signature && !stored.has(id))
  if (heir) return `${heir[0]} is the same step by another name: --name ${step} keeps its state`
  return `${step} is no longer in the pipeline`
}

/** One line for people: `incompatible  tumble: its keys were a and are now b`. */
export const verdictLine = ({ step, verdict, why }: Verdict): string =>
  `${verdict.padEnd(12)}  ${step}${why === '' ? '' : `: ${why}`}`
