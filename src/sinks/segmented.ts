import { TidemarkError } from '../base/errors.ts'
import { TO_TRANSACTIONS } from './delivery.ts'
import type { Disk } from './disk.ts'
import { ofThisSink } from './left-behind.ts'
import { type SealedSegment, Segments } from './segments.ts'
import type { EpochSink, Guarantee, LastCommit } from './sink.ts'
import { type Marker, type TransactionalTarget, TransactionLost } from './transactional-target.ts'

export type { Marker, TransactionalTarget } from './transactional-target.ts'

const NEWLINE = 0x0a

export interface SegmentedOptions {
  readonly target: TransactionalTarget
  readonly disk: Disk
  /** The folder of segments of the state directory; there already. */
  readonly segments: string
  /** Of the state directory. */
  readonly incarnation: string
  /** `--allow-rewind`: rows that the target has of an epoch that this state does not know may come again. */
  readonly allowRewind: boolean
}

interface SegmentCommittable {
  /** null: the epoch has no row for the sink. */
  readonly segment: SealedSegment | null
  /** The epoch of the marker before this one's. */
  readonly previous: number
}

/**
 * Exactly once at a system that cannot prepare: that forgets what was written when its client dies, and so could not be told to commit it later. Rows of
 * an epoch wait in a segment; once the epoch is decided they go to the target in one short transaction, together with the marker that says so. After a crash
 * the marker tells whether they did. One way for the commit of a running job and for recovery.
 */
export class SegmentedSink implements EpochSink {
  readonly name: string
  readonly guarantee: Guarantee = TO_TRANSACTIONS
  readonly #options: SegmentedOptions
  readonly #segments: Segments
  /** The epoch of the target's marker. */
  #committed = 0

  constructor(options: SegmentedOptions) {
    const { target, disk, segments } = options
    this.name = target.name
    this.#options = options
    this.#segments = new Segments({ disk, folder: segments, sink: target.name })
  }

  async open(): Promise<void> {
    await this.#options.target.open()
    await this.#segments.open()
  }

  /**
   * Throws E_SINK_REWIND where the target has rows of this job that this state does not know of, and E_SINK_MARKER where its marker is missing or behind: then
   * it cannot be told whether rows would be lost or come twice.
   */
  async recover(before: LastCommit | null): Promise<void> {
    const last = ofThisSink(before, 'segmented')
    const committable = last === null ? null : (last.committable as SegmentCommittable)
    const marker = await this.#options.target.committedEpoch()
    if (last === null || committable === null) await this.#begin(marker)
    else await this.#goOn(last, committable, marker)
    await this.#segments.sweep(committable?.segment?.name ?? null)
  }

  /**
   * Once it is through, the segment of the last epoch is no longer needed. A target may forget its marker (a broker does, of a job that was stopped for
   * long): then what is confirmed is taken for granted, and anything else cannot be known.
   */
  async #goOn(last: LastCommit, committable: SegmentCommittable, marker: Marker | null): Promise<void> {
    const { segment, previous } = committable
    const epoch = segment ? last.epoch : previous
    const pending = segment && !last.isConfirmed ? segment : null
    if (marker === null) {
      if (pending) throw markerError(this.name, `has no mark of this job, but held its epoch ${previous}`)
      return await this.#mark(epoch)
    }
    const isOurs = marker.incarnation === this.#options.incarnation
    const isPart = marker.bytes !== undefined
    if (isOurs && marker.epoch === epoch && !isPart) return await this.#confirmed(epoch, segment)
    const isBegun = isOurs && pending !== null && marker.epoch === epoch
    const isRewound = !isOurs || marker.epoch > epoch
    if (isRewound) await this.#rewind(marker, pending ? previous : epoch)
    else if (!isBegun && (pending === null || marker.epoch !== previous || isPart))
      throw markerError(this.name, `is at epoch ${marker.epoch}, but had confirmed epoch ${pending ? previous : epoch}`)
    this.#committed = pending ? previous : epoch
    if (pending) await this.#pour(last.epoch, pending, isBegun ? (marker.bytes ?? 0) : 0)
  }

  write(bytes: Buffer): void {
    this.#segments.write(bytes)
  }

  get needsDrain(): boolean {
    return this.#segments.needsDrain
  }

  drain(): Promise<void> {
    return this.#segments.drain()
  }

  async prepare(_epoch: number): Promise<SegmentCommittable> {
    const previous = this.#committed
    return { segment: await this.#segments.seal(), previous }
  }

  async commit(epoch: number, committable: unknown): Promise<void> {
    const { segment } = committable as SegmentCommittable
    if (segment === null) return
    await this.#pour(epoch, segment, 0)
  }

  /** Bytes of the segment from `from` on, which is the beginning of a row. What is lost on the way is sent again from where the marker is. */
  async #pour(epoch: number, segment: SealedSegment, from: number): Promise<void> {
    const { target, incarnation } = this.#options
    for (let at: number | null = from; at !== null; ) {
      try {
        await this.#pourOnce(epoch, segment, at)
        at = null
      } catch (error) {
        if (!(error instanceof TransactionLost)) throw error
        const marker = await target.committedEpoch()
        const isHere = marker?.incarnation === incarnation && marker.epoch === epoch
        at = !isHere ? 0 : (marker.bytes ?? null)
      }
    }
    await this.#confirmed(epoch, segment)
  }

  async #pourOnce(epoch: number, segment: SealedSegment, from: number): Promise<void> {
    const { target, incarnation } = this.#options
    let bytes = from
    let rest: Buffer = Buffer.alloc(0)
    await target.begin(epoch)
    await this.#segments.pour(segment, from, async (piece) => {
      const end = piece.lastIndexOf(NEWLINE) + 1
      const rows = rest.length > 0 ? Buffer.concat([rest, piece.subarray(0, end)]) : piece.subarray(0, end)
      rest = Buffer.concat(end > 0 ? [piece.subarray(end)] : [rest, piece])
      if (end === 0) return
      await target.write(rows)
      bytes += rows.length
      if (!target.isDue || bytes === segment.length) return
      await target.commit({ incarnation, epoch, bytes })
      await target.begin(epoch)
    })
    await target.commit({ incarnation, epoch })
  }

  async close(): Promise<void> {
    await this.#segments.close()
    await this.#options.target.close()
  }

  /** The job begins. A mark without rows is set at once, so that from now on a missing one means that something is wrong. */
  async #begin(marker: Marker | null): Promise<void> {
    const isOurs = marker?.incarnation === this.#options.incarnation
    if (isOurs && marker.epoch === 0) return
    // one that another state has begun with is no row either
    if (marker === null || marker.epoch === 0) await this.#mark(0)
    else await this.#rewind(marker, 0)
  }

  /** From here on the target is at an epoch that this state knows. */
  async #rewind(marker: Marker, epoch: number): Promise<void> {
    const { incarnation, allowRewind } = this.#options
    if (!allowRewind) {
      const whose = marker.incarnation === incarnation ? 'this state' : 'another state of this job'
      throw new TidemarkError(
        'E_SINK_REWIND',
        `${this.name} holds rows of ${whose} up to epoch ${marker.epoch}; here it is at epoch ${epoch}`,
        { hint: 'go on with the newest state; or --allow-rewind, and rows since then may be in the sink twice' },
      )
    }
    await this.#mark(epoch)
  }

  async #mark(epoch: number): Promise<void> {
    const { target, incarnation } = this.#options
    await target.begin(epoch)
    await target.commit({ incarnation, epoch })
    this.#committed = epoch
  }

  async #confirmed(epoch: number, segment: SealedSegment | null): Promise<void> {
    this.#committed = epoch
    if (segment) await this.#segments.remove(segment)
  }
}

const markerError = (name: string, what: string): TidemarkError =>
  new TidemarkError('E_SINK_MARKER', `${name} ${what}`, {
    hint: 'was the sink restored from a backup, or its mark removed? begin anew: tidemark state reset, and --allow-rewind',
  })
