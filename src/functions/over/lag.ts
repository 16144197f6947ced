import { elementTexts } from '../../data/json-members.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import { JsonText, jsonOf, type Value, valueOfJson } from '../../data/value.ts'
import type { Kept } from '../aggregates/kept-object.ts'
import { keptObject } from '../aggregates/kept-object.ts'
import { defineOver } from '../over-function.ts'

/** As in Flink: the value of the row so many rows before, NULLs counted; the default where there is none. */
export const lag = defineOver({
  name: 'lag',
  signature: 'lag(value [, rows [, default]])',
  summary: 'the value in the row before, or so many rows before; NULL or the default if there is none',
  arity: 1,
  constants: {
    most: 2,
    refuses: ([rows]) =>
      rows === undefined || (typeof rows === 'number' && Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS)
        ? undefined
        : `goes back a whole number of rows, from 1 to ${MOST_ROWS}`,
    pack: ([rows = 1, otherwise = null]) => new JsonText(`[${jsonOf(rows)},${jsonOf(otherwise)}]`),
  },
  flinkName: 'LAG',
  returns: (argument) => argument,
  create({ argument, constant }) {
    const [rows, otherwise] = elementTexts((constant as JsonText).text).map(valueOfJson) as [number, Value]
    return {
      ...keptObject({
        create: () => new LastValues(rows),
        counts: () => true,
        add: (last, args, i) => last.add(args[0]!.value(i)),
        merge: (last, others) => last.addAll(others),
        result: (last) => last.before(otherwise),
        resultOfNone: otherwise,
      }),
      type: argument,
    }
  },
})

/** They are kept for each key. */
const MOST_ROWS = 100_000

/** The values of the last rows of one key, and of `rows` rows before them. */
class LastValues implements Kept {
  readonly #rows: number
  /** A ring: once it is full, the oldest is at `#next`. */
  readonly #values: Value[] = []
  #next = 0

  constructor(rows: number) {
    this.#rows = rows
  }

  get isEmpty(): boolean {
    return this.#values.length === 0
  }

  add(value: Value): void {
    this.#values[this.#next] = value
    this.#next = this.#next === this.#rows ? 0 : this.#next + 1
  }

  addAll(others: LastValues): void {
    for (const value of others.#inOrder()) this.add(value)
  }

  /** The value so many rows before the last. */
  before(otherwise: Value): Value {
    return this.#values.length <= this.#rows ? otherwise : this.#values[this.#next]!
  }

  #inOrder(): readonly Value[] {
    const values = this.#values
    return values.length <= this.#rows ? values : [...values.slice(this.#next), ...values.slice(0, this.#next)]
  }

  write(page: ValueWriter): void {
    const values = this.#inOrder()
    page.u32(values.length)
    for (const value of values) page.value(value)
  }

  read(page: ValueReader): void {
    const count = page.u32()
    for (let i = 0; i < count; i += 1) this.add(page.value())
  }
}
