import { AFTER_ALL, BEFORE_ALL, watermarkAfter } from './watermark.ts'
import type { WatermarkGenerator } from './watermark-generator.ts'

/** The own watermark of the partition that rows came from, at one moment; all others stand where they stand. */
export interface PartitionPlace {
  readonly name: string | null
  readonly watermark: number
}

/** By the partition's name; null: it has had no row. */
export type SavedPartitions = Readonly<Record<string, number | null>>

/**
 * The watermark of a source that reads partitions side by side: each has a bounded-delay watermark of its own, and the source's is the least of
 * those that are neither idle nor at their end (Flink's per-split watermarks). It never goes back: rows of a partition that wakes up behind it
 * are late. A partition that has had no row yet holds the others back. Rows are taken from one partition at a time: see `select`.
 */
export class PartitionedWatermark implements WatermarkGenerator {
  readonly #delay: number
  readonly #names: string[] = []
  readonly #own: number[] = []
  readonly #isOut: boolean[] = []
  #merged: number = BEFORE_ALL
  #selected = -1
  /** The least of all but the selected one. */
  #others: number = AFTER_ALL
  #saved: SavedPartitions = {}
  /** Asked before the watermark is told: the clock may have made partitions idle. */
  beforeAsked: () => void = () => {}

  constructor(delay: number) {
    this.#delay = delay
  }

  get current(): number {
    this.beforeAsked()
    return this.#merged
  }

  /** A partition; returns its number. */
  add(name: string): number {
    this.#names.push(name)
    this.#own.push(this.#saved[name] ?? BEFORE_ALL)
    this.#isOut.push(false)
    this.#selected = -1
    return this.#names.length - 1
  }

  /** The own watermark of a partition. */
  of(partition: number): number {
    return this.#own[partition]!
  }

  /** The next rows come from this partition. It is idle no more. */
  select(partition: number): void {
    if (this.#isOut[partition]) this.setOut(partition, false)
    if (this.#selected === partition) return
    this.#selected = partition
    this.#others = this.#least(partition)
  }

  /** A partition is idle, or at its end: it no longer holds the others back. The last one that leaves stays where it stands. */
  setOut(partition: number, isOut: boolean): void {
    if (this.#isOut[partition] === isOut) return
    this.#isOut[partition] = isOut
    this.#selected = -1
    const least = this.#least(-1)
    if (least < AFTER_ALL) this.restore(least)
  }

  observe(time: number): number {
    const own = Math.max(this.#own[this.#selected]!, watermarkAfter(time, this.#delay) || BEFORE_ALL)
    this.#own[this.#selected] = own
    this.restore(Math.min(own, this.#others))
    return this.#merged
  }

  observeAll(times: Float64Array, count: number, before: Float64Array): number {
    const delay = this.#delay
    const others = this.#others
    let own = this.#own[this.#selected]!
    let merged = this.#merged
    for (let i = 0; i < count; i += 1) {
      before[i] = merged
      const next: number = watermarkAfter(times[i]!, delay)
      if (!(next > own)) continue
      own = next
      const least = own < others ? own : others
      if (least > merged) merged = least
    }
    this.#own[this.#selected] = own
    this.#merged = merged
    return merged
  }

  restore(watermark: number): void {
    if (watermark > this.#merged) this.#merged = watermark
  }

  place(): PartitionPlace {
    const name = this.#names[this.#selected] ?? null
    return { name, watermark: this.#own[this.#selected] ?? BEFORE_ALL }
  }

  placeAfter(place: unknown, times: Float64Array, count: number): PartitionPlace {
    const { name, watermark } = place as PartitionPlace
    let own = watermark
    for (let i = 0; i < count; i += 1) {
      const next = watermarkAfter(times[i]!, this.#delay)
      if (next > own) own = next
    }
    return { name, watermark: own }
  }

  /** As of `place`, which was taken before the rows at hand. As JSON. Of partitions that were not added yet, what was restored. */
  save(place: unknown): SavedPartitions {
    const { name, watermark } = place as PartitionPlace
    const saved: Record<string, number | null> = { ...this.#saved }
    for (const [i, partition] of this.#names.entries()) {
      const own = partition === name ? watermark : this.#own[i]!
      saved[partition] = Number.isFinite(own) ? own : null
    }
    return saved
  }

  /** What `save` gave, before partitions are added. */
  restoreParts(saved: unknown): void {
    this.#saved = saved as SavedPartitions
  }

  #least(except: number): number {
    let least: number = AFTER_ALL
    for (let i = 0; i < this.#own.length; i += 1) {
      if (i !== except && !this.#isOut[i] && this.#own[i]! < least) least = this.#own[i]!
    }
    return least
  }
}
