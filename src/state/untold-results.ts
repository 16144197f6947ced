import { grown } from '../data/grown.ts'
import { JsonReader, JsonWriter, numberText } from '../data/json-values.ts'
import type { ValueReader, ValueWriter } from '../data/page.ts'
import type { Value } from '../data/value.ts'
import { keyMember, keyOf, memberOf } from './entry-text.ts'
import type { KeyTable } from './key-table.ts'
import { type Placed, Places } from './places.ts'
import type { EntryTexts, KeyTexts, StateStructure, StructureShape, WritePage } from './structure.ts'

/** A result as it was given out, with the bounds of its window, ms; 0 and 0 where there is none. */
export interface ToldResult {
  readonly start: number
  readonly end: number
  readonly values: readonly Value[]
}

/** A result that has changed since it was told last. */
export interface UntoldResult extends Placed {
  readonly slot: number
  /** A time within its window, ms: windows of one key that do not have it in common are told apart by it. */
  readonly at: number
  /** When its group first came. */
  readonly arrival: number
  /** What is to be taken back: none, if nothing was told yet; several, where sessions have become one. By start. */
  told: readonly ToldResult[]
}

/**
 * Results that are to be told later, for steps that tell how their results change: of each what was told before. A result that is not here was told as it is
 * now. Retains its keys in the `KeyTable`, whose pages must be restored before its own.
 */
export class UntoldResults implements StateStructure {
  readonly name = 'untold'
  readonly shape: StructureShape = { kind: 'untold-results' }
  readonly #keys: KeyTable
  readonly #places = new Places<UntoldResult>()
  /** By key slot; the last ones may be missing. */
  readonly #bySlot: (UntoldResult[] | undefined)[] = []
  /** By key slot: how many there are, to find none fast. */
  #counts = new Int32Array(512)

  constructor(keys: KeyTable) {
    this.#keys = keys
  }

  get entries(): number {
    return this.#places.size
  }

  /** The one of a key with from <= at <= to. */
  find(slot: number, from: number, to: number): UntoldResult | undefined {
    if (slot >= this.#counts.length || this.#counts[slot] === 0) return undefined
    return this.#bySlot[slot]!.find(({ at }) => at >= from && at <= to)
  }

  add(untold: Omit<UntoldResult, 'place'>): UntoldResult {
    const entry = { ...untold, place: -1 }
    this.#places.add(entry)
    this.#enter(entry)
    return entry
  }

  #enter(entry: UntoldResult): void {
    const { slot } = entry
    this.#keys.retain(slot)
    if (slot >= this.#counts.length) this.#counts = grown(this.#counts, Math.max(slot + 1, this.#counts.length * 2))
    this.#counts[slot]! += 1
    while (this.#bySlot.length <= slot) this.#bySlot.push(undefined)
    const others = this.#bySlot[slot]
    if (others) others.push(entry)
    else this.#bySlot[slot] = [entry]
  }

  /** `told` was changed. */
  touch(entry: UntoldResult): void {
    this.#places.touch(entry)
  }

  remove(entry: UntoldResult): void {
    const { slot } = entry
    const others = this.#bySlot[slot]!
    others.splice(others.indexOf(entry), 1)
    this.#counts[slot]! -= 1
    if (others.length === 0) this.#bySlot[slot] = undefined
    this.#places.remove(entry)
    this.#keys.release(slot)
  }

  /** All of them, in no order that means anything. */
  all(): UntoldResult[] {
    return this.#bySlot.flatMap((entries) => entries ?? [])
  }

  writeDirty(write: WritePage): void {
    this.#places.write(write, writeEntry)
  }

  restore(pages: Iterable<readonly [page: string, bytes: Uint8Array]>): void {
    for (const entry of this.#places.restore(pages, readEntry)) this.#enter(entry)
  }

  *dump(keys: KeyTexts): Generator<string> {
    for (const entry of this.all().sort((a, b) => a.at - b.at || a.arrival - b.arrival)) {
      const writer = new JsonWriter()
      writeTold(writer, entry.told)
      const members = `"at":${numberText(entry.at)},"arrival":${numberText(entry.arrival)},"told":${writer.array()}`
      yield `${members},${keyMember(keys.textOf(entry.slot))}`
    }
  }

  load(entry: EntryTexts, keys: KeyTexts): void {
    const [at, arrival] = [Number(memberOf(entry, 'at')), Number(memberOf(entry, 'arrival'))]
    const told = readTold(new JsonReader(memberOf(entry, 'told')))
    this.add({ slot: keys.slotOfText(keyOf(entry)), at, arrival, told })
  }
}

function writeEntry(page: ValueWriter, { slot, at, arrival, told }: UntoldResult): void {
  page.u32(slot)
  page.f64(at)
  page.f64(arrival)
  writeTold(page, told)
}

function readEntry(page: ValueReader): UntoldResult {
  return { slot: page.u32(), at: page.f64(), arrival: page.f64(), told: readTold(page), place: -1 }
}

function writeTold(page: ValueWriter, told: readonly ToldResult[]): void {
  page.u32(told.length)
  for (const { start, end, values } of told) {
    page.f64(start)
    page.f64(end)
    page.u32(values.length)
    for (const value of values) page.value(value)
  }
}

function readTold(page: ValueReader): readonly ToldResult[] {
  return Array.from({ length: page.u32() }, () => {
    const [start, end] = [page.f64(), page.f64()]
    return { start, end, values: Array.from({ length: page.u32() }, () => page.value()) }
  })
}
