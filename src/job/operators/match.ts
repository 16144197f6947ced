import { TidemarkError } from '../../base/errors.ts'
import { isDependent } from '../../cep/dependent-conditions.ts'
import type { Limit } from '../../cep/matcher.ts'
import type { Reference } from '../../cep/references.ts'
import { jsonOf, type Value } from '../../data/value.ts'
import { compileExpression } from '../../expressions/compile.ts'
import { createRowWriter } from '../../formats/json/row-writer.ts'
import { OutputBuffer } from '../../formats/output-buffer.ts'
import { Match } from '../../operators/match.ts'
import {
  createMatchWriter,
  type MatchResult,
  type MatchWriterOptions,
  type PrintRow,
} from '../../operators/match-writer.ts'
import type { Operator } from '../../operators/operator.ts'
import type { PartialsQuestion } from '../../operators/partials-report.ts'
import type { MatchCondition } from '../../operators/row-truths.ts'
import { mostEntries, needsWholeRows } from '../../plan/kinds/match.ts'
import type { NodeOf } from '../../plan/nodes.ts'
import { written } from '../../plan/wording.ts'
import { formatTimestamp } from '../../time/timestamp.ts'
import type { Wiring } from './wiring.ts'

type MatchNode = NodeOf<'match'>

export function matchOperator(node: MatchNode, wiring: Wiring): Operator {
  const { input, keys, nfa, pattern, references, partials } = node
  const slotOf = wiring.slotsIn(input)
  const result = resultOf(node)
  const options: Omit<MatchWriterOptions, 'matcher' | 'slab' | 'keys'> = {
    result,
    slots: wiring.slots(node),
    keyNames: keys.map(({ column }) => column.path.join('.')),
    slotOf,
    printRow: printerOf(node, wiring),
    printTime: (ms) => formatTimestamp(ms, { fraction: 3 }),
  }
  return new Match({
    nfa,
    skip: pattern.skip,
    keys: wiring.keys(keys, input),
    keyTypes: keys.map(({ expression }) => expression.type),
    conditions: conditionsOf(node, wiring),
    references,
    slotOf,
    rowSlots: wiring.slots(input),
    keepsRaw: input.schema.rest !== null && (needsWholeRows(node) || !isSafe(node)),
    maxPartials: partials.most,
    maxEntries: mostEntries(partials),
    onFull: partials.whenFull === 'drop' ? countDropped(wiring) : (limit) => refuse(node, limit),
    writer: (parts) => createMatchWriter({ ...options, ...parts }),
    onTimeout: wiring.context.timeout ?? null,
    question: questionOf(node, options),
    context: wiring.context,
  })
}

function resultOf({ result }: MatchNode): MatchResult {
  if (result.kind !== 'measures') return { kind: result.kind }
  return { ...result, measures: result.measures.map(({ expression }) => expression) }
}

function conditionsOf({ conditions, references, input }: MatchNode, wiring: Wiring): readonly MatchCondition[] {
  const slotOf = wiring.slotsIn(input)
  return conditions.map((bound): MatchCondition => {
    if (bound === null) return { kind: 'true' }
    if (isDependent(bound, references)) return { kind: 'dependent', bound }
    return { kind: 'row', evaluator: compileExpression(bound, { slotOf }) }
  })
}

/** Can no value of a kept row be one that an expression refuses? Then the rows' lines are not needed for reports. */
function isSafe({ conditions, references, result }: MatchNode): boolean {
  if (conditions.some((bound) => bound !== null && isDependent(bound, references))) return false
  if (result.kind !== 'measures') return true
  return result.measures.every(({ expression }) => expression.kind === 'field') && result.references.every(takesAll)
}

function takesAll(reference: Reference): boolean {
  if (reference.kind === 'aggregate') {
    const { fn, args, filter } = reference.aggregate
    return fn.name === 'count' && filter === null && args.every(({ kind }) => kind === 'field')
  }
  return !('argument' in reference) || reference.argument.kind === 'field'
}

function questionOf(
  { id, explained, nfa, conditions }: MatchNode,
  { keyNames, printRow }: Pick<MatchWriterOptions, 'keyNames' | 'printRow'>,
): PartialsQuestion | null {
  if (explained === null) return null
  const texts = new Map(
    nfa.conditions.flatMap((label, c) => (conditions[c] ? [[label, written(conditions[c].span)] as const] : [])),
  )
  const textOf = (value: Value) => (typeof value === 'string' ? value : jsonOf(value))
  const isMeant = (key: readonly Value[]) =>
    explained === 'all' || key.every((value, k) => textOf(value) === explained[k])
  return { step: id, keyNames, conditions: texts, isMeant, printRow }
}

function printerOf({ input }: MatchNode, wiring: Wiring): PrintRow {
  const writer = createRowWriter({ ...wiring.shapeOf(input), kind: false })
  const text = new OutputBuffer()
  return (batch, row) => {
    text.clear()
    writer.write(batch, row, text)
    return text.contents().toString('utf8').trim()
  }
}

function countDropped({ context: { counters } }: Wiring): () => void {
  counters.droppedPartials ??= 0
  return () => {
    counters.droppedPartials = (counters.droppedPartials ?? 0) + 1
  }
}

function refuse({ id, partials }: MatchNode, limit: Limit): never {
  const [within, drop] = ['a shorter --within ends them earlier', '--max-partials drop:N goes on without']
  if (limit === 'partials') {
    const message = `${id} has ${partials.most} partial matches open at once`
    throw new TidemarkError('E_PARTIALS', message, { hint: `${within}; --max-partials N takes more, ${drop}` })
  }
  const message = `the partial matches of ${id} keep ${mostEntries(partials)} rows, each counted for every one that took it`
  const hint = `A{1,9} takes fewer than A{1,}; ${within}; --max-partials N keeps 4 N rows, ${drop}`
  throw new TidemarkError('E_PARTIALS', message, { hint })
}
