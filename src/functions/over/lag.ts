import { Tag } from '../../data/column.ts'
import { elementTexts } from '../../data/json-members.ts'
import type { ValueReader, ValueWriter } from '../../data/page.ts'
import { JsonText, jsonOf, type Value, valueOfJson } from '../../data/value.ts'
import type { Accumulator, AccumulatorRows, Offsets } from '../aggregate-function.ts'
import { baseOf, setObject } from '../aggregates/column-runs.ts'
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
    return { ...(rows <= FEW_ROWS ? lastFew(rows, otherwise) : lastMany(rows, otherwise)), type: argument }
  },
})

/** They are kept for each key. */
const MOST_ROWS = 100_000
/** So many are kept in place. */
const FEW_ROWS = 4

/**
 * The values of the last row and of `rows` rows before it, the last one first: the number of them, then tag and number of each; of what is no number, truth or NULL the value is in the
 * group's object, an array, at the same place.
 */
function lastFew(rows: number, otherwise: Value): Omit<Accumulator, 'type'> {
  const places = rows + 1
  const lastTag = 1 + 2 * rows
  return {
    numberCount: 1 + 2 * places,
    objectCount: 1,
    add(table, at, targets, args, from, to) {
      const column = args[0]!
      for (let i = from; i < to; i += 1) {
        if (targets[i]! < 0) continue
        const base = baseOf(table, at, targets[i]!)
        const { numbers } = table
        for (let n = base + lastTag + 1; n > base + 2; n -= 1) numbers[n] = numbers[n - 2]!
        if (numbers[base]! < places) numbers[base]! += 1
        const tag = Math.max(column.tags[i]!, Tag.Null)
        numbers[base + 1] = tag
        numbers[base + 2] = tag === Tag.Number ? column.numbers[i]! : 0
        const others = table.objects[at.object]![targets[i]!] as Value[] | undefined
        if (others !== undefined) shift(others, tag > Tag.Number ? column.value(i) : null)
        else if (tag > Tag.Number) setObject(table, at, targets[i]!, [column.value(i), ...nulls(rows)])
      }
    },
    merge(table, at, to, source, from) {
      const values = [...takenFrom(source, at, from), ...takenFrom(table, at, to)]
      putAll(table, at, to, values.slice(0, places), places)
    },
    result(table, at, row) {
      return table.numbers[baseOf(table, at, row)]! < places ? otherwise : valueAt(table, at, row, rows)
    },
    write(table, at, row, page) {
      const others = table.objects[at.object]![row] as Value[] | undefined
      page.u8(others === undefined ? 0 : 1)
      if (others !== undefined) for (const value of others) page.value(value)
    },
    read(table, at, row, page) {
      if (page.u8() === 0) return
      setObject(
        table,
        at,
        row,
        Array.from({ length: places }, () => page.value()),
      )
    },
  }
}

const nulls = (count: number): null[] => new Array<null>(count).fill(null)

/** Puts a value in front; the last one goes. */
function shift(values: Value[], first: Value): void {
  values.copyWithin(1, 0)
  values[0] = first
}

/** The value of a group so many rows before its last. */
function valueAt(rows: AccumulatorRows, at: Offsets, row: number, place: number): Value {
  const value = baseOf(rows, at, row) + 1 + 2 * place
  const tag = rows.numbers[value]!
  if (tag === Tag.Number) return rows.numbers[value + 1]!
  if (tag > Tag.Number) return (rows.objects[at.object]![row] as Value[])[place]!
  return tag === Tag.Null ? null : tag === Tag.True
}

/** Makes these the values of a group, the last row's first. */
function putAll(rows: AccumulatorRows, at: Offsets, row: number, values: readonly Taken[], places: number): void {
  const base = baseOf(rows, at, row)
  rows.numbers[base] = values.length
  values.forEach(({ tag, value }, place) => {
    rows.numbers[base + 1 + 2 * place] = tag
    rows.numbers[base + 2 + 2 * place] = tag === Tag.Number ? (value as number) : 0
  })
  const others = values.map(({ tag, value }) => (tag > Tag.Number ? value : null))
  const isNone = others.every((value) => value === null)
  setObject(rows, at, row, isNone ? undefined : [...others, ...nulls(places - others.length)])
}

interface Taken {
  readonly tag: number
  readonly value: Value
}

const takenFrom = (rows: AccumulatorRows, at: Offsets, row: number): readonly Taken[] => {
  const base = baseOf(rows, at, row)
  return Array.from({ length: rows.numbers[base]! }, (_, place) => ({
    tag: rows.numbers[base + 1 + 2 * place]!,
    value: valueAt(rows, at, row, place),
  }))
}

/** The same of more rows: in an object. */
const lastMany = (rows: number, otherwise: Value): Omit<Accumulator, 'type'> =>
  keptObject({
    create: () => new LastValues(rows),
    counts: () => true,
    add: (last, args, i) => last.add(args[0]!.value(i)),
    merge: (last, others) => last.addAll(others),
    result: (last) => last.before(otherwise),
    resultOfNone: otherwise,
  })

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
