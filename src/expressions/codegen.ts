import type { BoundExpression } from './bound.ts'
import type { Loops } from './compile.ts'
import { emitNumber } from './emit-number.ts'
import { emitTruth } from './emit-truth.ts'
import { emitValue } from './emit-value.ts'
import { Emitter } from './emitter.ts'
import type { SlotOf } from './evaluate.ts'
import { type OnError, report } from './row-report.ts'

/** Beyond this, compiling costs more than it brings, and the optimiser gives up on the function anyway. */
const LONGEST_SOURCE = 400_000

let isAllowed: boolean | undefined

/** False under `--disallow-code-generation-from-strings`. */
function canGenerate(): boolean {
  if (isAllowed === undefined) {
    try {
      isAllowed = new Function('return true')() as boolean
    } catch {
      isAllowed = false
    }
  }
  return isAllowed
}

/**
 * Loops made for this one expression; undefined where code may not be generated or would be too long. Each is made when it is first
 * called: few expressions need both.
 */
export function generateLoops(bound: BoundExpression, slotOf: SlotOf): Loops | undefined {
  if (!canGenerate()) return undefined
  let column: Loops['column'] | undefined
  let select: Loops['select'] | undefined
  const source = columnSource(bound, slotOf)
  if (source.text.length > LONGEST_SOURCE) return undefined
  return {
    column(rows, from, to, out, onError) {
      column ??= make<Loops['column']>(source)
      column(rows, from, to, out, onError)
    },
    select(rows, from, to, selection, onError) {
      select ??= make<Loops['select']>(selectSource(bound, slotOf))
      return select(rows, from, to, selection, onError)
    },
  }
}

interface Source {
  readonly text: string
  readonly constants: readonly unknown[]
}

function make<F>({ text, constants }: Source): F {
  const build = new Function('k', 'report', text) as (k: readonly unknown[], report: Report) => F
  return build(constants, report)
}

type Report = (row: number, error: unknown, onError: OnError) => void

function selectSource(bound: BoundExpression, slotOf: SlotOf): Source {
  const emitter = new Emitter(slotOf)
  const truth = emitTruth(bound, emitter, 'a condition')
  emitter.line(`if (${truth} === 1) selection[count++] = i`)
  return assemble(emitter, { parameters: 'selection', before: 'let count = 0', result: 'return count', onError: '' })
}

function columnSource(bound: BoundExpression, slotOf: SlotOf): Source {
  const emitter = new Emitter(slotOf)
  emitColumn(bound, emitter)
  return assemble(emitter, {
    parameters: 'out',
    before: 'const tags = out.tags, numbers = out.numbers',
    result: 'return',
    onError: 'tags[i] = 1',
  })
}

/** Tags as in `Tag`: 1 NULL, 2 FALSE, 3 TRUE, 4 a number. */
function emitColumn(bound: BoundExpression, emitter: Emitter): void {
  if (bound.type === 'boolean' && bound.kind !== 'field') {
    const truth = emitTruth(bound, emitter, '')
    emitter.line(`tags[i] = ${truth} === 2 ? 1 : 2 + ${truth}`)
  } else if (bound.type === 'number' || bound.type === 'timestamp' || bound.type === 'interval') {
    const { isNull, value } = emitNumber(bound, emitter, '')
    emitter.line(`if (${isNull}) tags[i] = 1; else { tags[i] = 4; numbers[i] = ${value} }`)
  } else if (bound.kind === 'field') {
    const c = emitter.column(emitter.slotOf(bound.field))
    emitter.line(`if (t${c}[i] === 4) { tags[i] = 4; numbers[i] = n${c}[i] } else out.set(i, c${c}.value(i))`)
  } else {
    emitter.line(`out.set(i, ${emitValue(bound, emitter)})`)
  }
}

interface Frame {
  readonly parameters: string
  readonly before: string
  readonly result: string
  readonly onError: string
}

/** The try stands outside of the loop; after an error the loop is entered again behind the row that caused it. */
function assemble(emitter: Emitter, { parameters, before, result, onError }: Frame): Source {
  const constants = emitter.constants.map((_, i) => `const k${i} = k[${i}]`)
  const text = `'use strict'
${constants.join('\n')}
return function (rows, from, to, ${parameters}, onError) {
${emitter.prologue()}
${before}
let i = from
for (;;) {
try {
for (; i < to; i++) {
${emitter.body()}
}
${result}
} catch (error) {
${onError}
report(i, error, onError)
i++
}
}
}`
  return { text, constants: emitter.constants }
}
