import { assert } from '../base/assert.ts'
import { BatchWriter } from './batch-writer.ts'
import type { LevelDatabase } from './level-database.ts'
import { type LiveVersion, PageVersions } from './page-versions.ts'
import { type RootEnvelope, sealRoot, unsealRoot } from './root-envelope.ts'
import { damagedState } from './state-error.ts'
import {
  CONFIRMED_KEY,
  contentOf,
  DELETED,
  isIntact,
  PRESENT,
  PREVIOUS_ROOT_KEY,
  pagePrefix,
  parseVersionKey,
  ROOT_KEY,
  seal,
  sealOf,
  structurePrefix,
  versionKey,
} from './state-layout.ts'
import { type Survey, surveyDatabase } from './state-survey.ts'
import type { Page, PageWrite, RootRecord, Store } from './store.ts'

/** Moments at which a process can die, for tests. Between those of `StoreStep`: after each batch of pages. */
export type LevelStep =
  | 'before pages'
  | 'after batch'
  | 'after pages'
  | 'before root'
  | 'after root'
  | 'before confirm'
  | 'after confirm'

export interface LevelStoreOptions {
  readonly database: LevelDatabase
  /** The state directory as the user named it. */
  readonly path: string
  readonly incarnation: string
  /** The last epoch that is known from elsewhere to have been decided; 0: none. */
  readonly decidedEpoch: number
  /** Called when an epoch is decided. */
  readonly onDecided: (epoch: number) => Promise<void>
  /** Nothing is written, and nothing dropped. */
  readonly isReadOnly: boolean
  readonly onStep?: (step: LevelStep, epoch: number) => void
}

/** An epoch as it can be read whole. */
export interface StateView {
  readonly root: RootRecord
  /** As `Store.pages`. */
  pages(operator: string, structure: string): Promise<readonly Page[]>
}

export interface StateReport {
  /** The last decided epoch; 0: none; null: it cannot be told. */
  readonly epoch: number | null
  readonly structures: number
  readonly pages: number
  /** Of the pages of that epoch. */
  readonly bytes: number
  /** What is wrong with the last epoch, in words; empty: nothing. */
  readonly problems: readonly string[]
  /** The last epoch that is whole; null: none is. */
  readonly goodEpoch: number | null
}

/** A page of the epoch that is being written: null where it is deleted. */
interface Pending {
  readonly place: { readonly operator: string; readonly structure: string; readonly prefix: string }
  readonly page: string
  readonly version: LiveVersion | null
}

/**
 * A store on disk, layout 1 (`state-layout.ts`). Pages are written copy-on-write under their epoch, in synced batches; the root, written last, decides. Versions that root N replaced go with
 * root N+1, so that the epoch before the last is whole as well. Every start reads every page and checks it before anything is built on it.
 */
export class LevelStore implements Store {
  readonly incarnation: string
  readonly #options: LevelStoreOptions
  readonly #database: LevelDatabase
  #versions = new PageVersions()
  #envelope: RootEnvelope | null = null
  /** Keys of versions that only the epoch before the last needs. */
  #replaced: string[] = []
  #pendingEpoch = 0
  /** By key. */
  #pending = new Map<string, Pending>()

  constructor(options: LevelStoreOptions) {
    this.incarnation = options.incarnation
    this.#options = options
    this.#database = options.database
  }

  get #epoch(): number {
    return this.#envelope?.root.epoch ?? 0
  }

  /** Throws E_STATE_DAMAGED where the last epoch is not whole. Nothing is changed then. */
  async root(): Promise<RootRecord | undefined> {
    const survey = await surveyDatabase(this.#database, this.incarnation)
    const { problems, goodEpoch } = this.#report(survey)
    if (problems.length > 0) throw damagedState(this.#options.path, problems[0]!, goodEpoch)
    this.#envelope = survey.last?.envelope ?? null
    this.#versions = survey.last?.versions ?? new PageVersions()
    this.#replaced = [...survey.replaced]
    this.#pending.clear()
    if (!this.#options.isReadOnly) await this.#drop(survey.unneeded)
    return this.#envelope?.root
  }

  /** The root of the last epoch without a look at its pages: quick, and proof of nothing. Throws E_STATE_DAMAGED where it cannot be read. */
  async glance(): Promise<RootEnvelope | null> {
    const sealed = await this.#database.get(ROOT_KEY)
    if (sealed === undefined) return null
    const envelope = unsealRoot(ROOT_KEY, sealed)
    if (envelope === null) throw damagedState(this.#options.path, 'a root record is not as it was written', null)
    return envelope
  }

  /** Reads everything and tells what is wrong; throws only where LevelDB itself cannot read. */
  async verify(): Promise<StateReport> {
    return this.#report(await surveyDatabase(this.#database, this.incarnation))
  }

  #report({ last, previous, lastProblem }: Survey): StateReport {
    const { decidedEpoch } = this.#options
    const goodPrevious = previous && previous.problems.length === 0 ? previous.envelope.root.epoch : null
    const epoch = last?.envelope.root.epoch ?? 0
    const isLost = lastProblem === null && epoch < decidedEpoch
    const isWhole = last !== null && last.problems.length === 0
    const problems = [
      ...(lastProblem === null ? [] : [lastProblem]),
      ...(isLost ? [`epoch ${decidedEpoch} was written, but is not there`] : []),
      ...(last?.problems ?? []),
    ]
    const sums = last ? Object.values(last.envelope.pages).flatMap((structures) => Object.values(structures)) : []
    return {
      epoch: lastProblem === null ? epoch : null,
      structures: sums.length,
      pages: sums.reduce((pages, sum) => pages + sum.pages, 0),
      bytes: last?.bytes ?? 0,
      problems,
      goodEpoch: isWhole ? epoch : goodPrevious,
    }
  }

  /** An epoch to read: the last or the one before. undefined: it is neither. Throws E_STATE_DAMAGED where it is not whole. */
  async view(epoch: number): Promise<StateView | undefined> {
    const survey = await surveyDatabase(this.#database, this.incarnation)
    const found = [survey.last, survey.previous].find((one) => one?.envelope.root.epoch === epoch)
    if (!found) return undefined
    if (found.problems.length > 0)
      throw damagedState(this.#options.path, found.problems[0]!, this.#report(survey).goodEpoch)
    const { versions, envelope } = found
    return { root: envelope.root, pages: (operator, structure) => this.#read(versions, operator, structure) }
  }

  pages(operator: string, structure: string): Promise<readonly Page[]> {
    return this.#read(this.#versions, operator, structure)
  }

  async #read(versions: PageVersions, operator: string, structure: string): Promise<readonly Page[]> {
    const prefix = structurePrefix(operator, structure)
    const pages: Page[] = []
    for await (const entries of this.#database.scan(prefix, `${prefix.slice(0, -1)}\x01`)) {
      for (const [key, value] of entries) {
        const version = parseVersionKey(key)
        const live = version && versions.get(prefix, version.page)
        if (!live || live.epoch !== version.epoch) continue
        if (!isIntact(key, value) || sealOf(value) !== live.seal) throw this.#damagedPage(version)
        pages.push([version.page, contentOf(value)])
      }
    }
    if (pages.length !== versions.count(prefix))
      throw damagedState(this.#options.path, `pages of ${structure} of ${operator} cannot be read any more`, null)
    return pages
  }

  #damagedPage({ operator, structure, page }: { operator: string; structure: string; page: string }): Error {
    const what = `page ${page} of ${structure} of ${operator} cannot be read any more`
    return damagedState(this.#options.path, what, null)
  }

  async writePages(epoch: number, pages: readonly PageWrite[]): Promise<void> {
    assert(!this.#options.isReadOnly, 'a state directory opened for reading is written')
    assert(epoch > this.#epoch, `pages of epoch ${epoch}, which is decided`)
    this.#step('before pages', epoch)
    await this.#forgetOtherThan(epoch)
    const writer = new BatchWriter(this.#database, () => this.#step('after batch', epoch))
    for (const { operator, structure, page, bytes } of pages) {
      const prefix = structurePrefix(operator, structure)
      const place = { operator, structure, prefix }
      const key = versionKey(pagePrefix(prefix, page), epoch)
      if (bytes === null && this.#versions.get(prefix, page) === undefined) {
        writer.delete(key)
        this.#pending.delete(key)
      } else {
        const sealed = seal(key, bytes === null ? DELETED : PRESENT, bytes ?? NO_BYTES)
        writer.put(key, sealed)
        this.#pending.set(key, { place, page, version: bytes === null ? null : { epoch, seal: sealOf(sealed) } })
      }
      if (writer.needsTurn) await writer.turn()
    }
    await writer.end()
    this.#step('after pages', epoch)
  }

  async writeRoot(root: RootRecord): Promise<void> {
    const { epoch } = root
    assert(!this.#options.isReadOnly, 'a state directory opened for reading is written')
    assert(epoch > this.#epoch, `epoch ${epoch} is decided twice`)
    this.#step('before root', epoch)
    await this.#forgetOtherThan(epoch)
    const replaced = this.#apply()
    const envelope = { incarnation: this.incarnation, pages: this.#versions.sums(), root }
    // one batch: what the epoch before needs goes at the moment at which nothing falls back on it any more
    const writer = new BatchWriter(this.#database, null)
    writer.put(ROOT_KEY, sealRoot(ROOT_KEY, envelope))
    if (this.#envelope) writer.put(PREVIOUS_ROOT_KEY, sealRoot(PREVIOUS_ROOT_KEY, this.#envelope))
    for (const key of this.#replaced) {
      writer.delete(key)
      if (writer.needsTurn) await writer.turn()
    }
    await writer.end()
    this.#envelope = envelope
    this.#replaced = replaced
    await this.#options.onDecided(epoch)
    this.#step('after root', epoch)
  }

  /** Makes what is pending live; returns the keys that only the epoch before needs. */
  #apply(): string[] {
    const replaced: string[] = []
    for (const [key, { place, page, version }] of this.#pending) {
      const before = this.#versions.get(place.prefix, page)
      if (before) replaced.push(versionKey(pagePrefix(place.prefix, page), before.epoch))
      if (version === null) replaced.push(key)
      this.#versions.set(place, page, version)
    }
    this.#pending.clear()
    return replaced
  }

  async confirm(epoch: number): Promise<void> {
    assert(!this.#options.isReadOnly, 'a state directory opened for reading is written')
    this.#step('before confirm', epoch)
    const writes = this.#database.writes()
    writes.put(CONFIRMED_KEY, seal(CONFIRMED_KEY, PRESENT, Buffer.from(`${epoch}`)))
    await this.#database.write(writes, false)
    this.#step('after confirm', epoch)
  }

  /** A note that is damaged is none: the commit is then looked at again. */
  async confirmed(): Promise<number> {
    const sealed = await this.#database.get(CONFIRMED_KEY)
    if (sealed === undefined || !isIntact(CONFIRMED_KEY, sealed)) return 0
    return Number(Buffer.from(contentOf(sealed)).toString())
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  /** Pages of an epoch that was given up must not become part of a later one. */
  async #forgetOtherThan(epoch: number): Promise<void> {
    if (this.#pendingEpoch !== epoch) {
      const keys = [...this.#pending.keys()]
      this.#pending.clear()
      await this.#drop(keys)
    }
    this.#pendingEpoch = epoch
  }

  async #drop(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const writer = new BatchWriter(this.#database, () => {})
    for (const key of keys) {
      writer.delete(key)
      if (writer.needsTurn) await writer.turn()
    }
    await writer.end()
  }

  #step(step: LevelStep, epoch: number): void {
    this.#options.onStep?.(step, epoch)
  }
}

const NO_BYTES = new Uint8Array(0)
