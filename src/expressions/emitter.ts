import type { SlotOf } from './evaluate.ts'
import type { TextTest } from './text-test.ts'

/** A double that may be NULL: two pieces of generated code without side effects. `isNull` may be the word `false`. */
export interface NumberCode {
  readonly isNull: string
  readonly value: string
}

/**
 * The text of one generated loop while it is made. Nothing of the user's text gets into it: only our own words, numbers, and names of
 * constants (`k0`, `k1`…), which are handed over as an array.
 */
export class Emitter {
  readonly slotOf: SlotOf
  readonly constants: unknown[] = []
  readonly #columns = new Map<number, string>()
  readonly #tests: string[] = []
  readonly #lines: string[] = []
  readonly #temporaries: string[] = []
  #labels = 0

  constructor(slotOf: SlotOf) {
    this.slotOf = slotOf
  }

  line(text: string): void {
    this.#lines.push(text)
  }

  /** The name under which generated code finds a value. */
  constant(value: unknown): string {
    const known = this.constants.indexOf(value)
    if (known >= 0) return `k${known}`
    this.constants.push(value)
    return `k${this.constants.length - 1}`
  }

  /** A new variable, declared outside of the loop so that it may be set in any block. */
  temporary(initial: '0' | 'null' | 'false'): string {
    const name = `v${this.#temporaries.length}`
    this.#temporaries.push(`${name} = ${initial}`)
    return name
  }

  label(): string {
    this.#labels += 1
    return `L${this.#labels}`
  }

  /** The number of a column: `c3` is the column, `t3` its tags, `n3` its numbers, `d3` its ids. */
  column(slot: number): string {
    let number = this.#columns.get(slot)
    if (number === undefined) {
      number = `${this.#columns.size}`
      this.#columns.set(slot, number)
    }
    return number
  }

  /** Code for the test of the string in row i of a column: 1 or 0. */
  textTest(test: TextTest, column: string): string {
    const name = this.constant(test)
    const isInterned = `e${this.#tests.length}`
    this.#tests.push(`const ${isInterned} = ${name}.begin(c${column})`)
    const known = this.temporary('0')
    const id = `d${column}[i]`
    return `(${isInterned} ? (${known} = ${name}.known[${id}]) > 0 ? ${known} - 1 : ${name}.look(${id}) : ${name}.row(c${column}, i))`
  }

  /** Declarations in front of the loop. */
  prologue(): string {
    const columns = [...this.#columns].map(
      ([slot, c]) =>
        `const c${c} = rows.columns[${slot}], t${c} = c${c}.tags, n${c} = c${c}.numbers, d${c} = c${c}.ids`,
    )
    const temporaries = this.#temporaries.length > 0 ? [`let ${this.#temporaries.join(', ')}`] : []
    return ['const time = rows.time', ...columns, ...this.#tests, ...temporaries].join('\n')
  }

  body(): string {
    return this.#lines.join('\n')
  }
}

/** A number as generated code; those that have no literal come from the constants. */
export function numberLiteral(emitter: Emitter, value: number): string {
  if (!Number.isFinite(value)) return emitter.constant(value)
  if (Object.is(value, -0)) return '-0'
  return value < 0 ? `(${value})` : `${value}`
}
