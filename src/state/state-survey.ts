import type { LevelDatabase } from './level-database.ts'
import { PageVersions, type StructureSums } from './page-versions.ts'
import { type RootEnvelope, unsealRoot } from './root-envelope.ts'
import {
  AFTER_PAGES,
  DELETED,
  isIntact,
  PAGE_PREFIX,
  PREVIOUS_ROOT_KEY,
  parseVersionKey,
  ROOT_KEY,
  SEAL_BYTES,
  sealOf,
  structurePrefix,
} from './state-layout.ts'

/** What a whole reading of a database found. */
export interface Survey {
  /** The last decided epoch; null: none, or its root record is damaged. */
  readonly last: EpochSurvey | null
  readonly previous: EpochSurvey | null
  /** What is wrong with the root records, in words. */
  readonly lastProblem: string | null
  readonly previousProblem: string | null
  /** Keys of versions that no epoch needs: undecided ones, and older ones. Of one page the older ones first. */
  readonly unneeded: readonly string[]
  /** Keys of versions that only the epoch before the last needs. */
  readonly replaced: readonly string[]
}

/** One epoch as it stands in the database. */
export interface EpochSurvey {
  readonly envelope: RootEnvelope
  readonly versions: PageVersions
  /** Of its pages, without keys. */
  readonly bytes: number
  /** What is wrong with it, in words; empty: it is whole. */
  readonly problems: readonly string[]
}

/** One version of the page that is read. */
interface Found {
  readonly key: string
  readonly epoch: number
  readonly seal: number
  readonly bytes: number
  readonly isDeleted: boolean
  readonly isIntact: boolean
}

/** Reads every page once. Throws only where the database itself cannot be read. */
export async function surveyDatabase(database: LevelDatabase, incarnation: string): Promise<Survey> {
  const [last, lastFault] = await readRoot(database, ROOT_KEY, incarnation)
  const [previous, previousProblem] = await readRoot(database, PREVIOUS_ROOT_KEY, incarnation)
  const lists = { unneeded: [] as string[], replaced: [] as string[] }
  const reader = new VersionReader(last, previous, lists)
  for await (const entries of database.scan(PAGE_PREFIX, AFTER_PAGES)) {
    for (const [key, value] of entries) reader.read(key, value)
  }
  reader.endPage()
  const isOlder = previous !== null && (last === null || last.epoch <= previous.epoch)
  const lastProblem = lastFault ?? (isOlder ? `the root record after epoch ${previous.epoch} is missing` : null)
  const found = { lastProblem, previousProblem, ...lists }
  return { last: lastProblem ? null : (last?.end() ?? null), previous: previous?.end() ?? null, ...found }
}

async function readRoot(
  database: LevelDatabase,
  key: string,
  incarnation: string,
): Promise<[EpochReading, null] | [null, string | null]> {
  const sealed = await database.get(key)
  if (sealed === undefined) return [null, null]
  const envelope = unsealRoot(key, sealed)
  if (envelope === null) return [null, 'a root record is not as it was written']
  if (envelope.incarnation !== incarnation) return [null, 'its database belongs to another state directory']
  return [new EpochReading(envelope), null]
}

class EpochReading {
  readonly envelope: RootEnvelope
  readonly #versions = new PageVersions()
  readonly #problems: string[] = []
  #bytes = 0

  constructor(envelope: RootEnvelope) {
    this.envelope = envelope
  }

  get epoch(): number {
    return this.envelope.root.epoch
  }

  /** The greatest version of a page that this epoch knows. */
  add(place: PagePlace, { epoch, seal, bytes, isDeleted, isIntact }: Found): void {
    const { operator, structure, page } = place
    if (!isIntact) this.#problems.push(`page ${page} of ${structure} of ${operator} is not as it was written`)
    if (isDeleted) return
    this.#bytes += bytes
    this.#versions.set(place, page, { epoch, seal })
  }

  end(): EpochSurvey {
    const { envelope } = this
    const problems = [...this.#problems, ...differences(envelope.pages, this.#versions.sums())]
    return { envelope, versions: this.#versions, bytes: this.#bytes, problems }
  }
}

interface PagePlace {
  readonly operator: string
  readonly structure: string
  readonly page: string
  readonly prefix: string
}

/** Takes the versions as they come, and when a page has ended tells both epochs which is theirs. */
class VersionReader {
  readonly #last: EpochReading | null
  readonly #previous: EpochReading | null
  readonly #lists: { readonly unneeded: string[]; readonly replaced: string[] }
  #place: PagePlace = { operator: '', structure: '', page: '', prefix: '' }
  #found: Found[] = []

  constructor(
    last: EpochReading | null,
    previous: EpochReading | null,
    lists: { readonly unneeded: string[]; readonly replaced: string[] },
  ) {
    this.#last = last
    this.#previous = previous
    this.#lists = lists
  }

  read(key: string, value: Buffer): void {
    const version = parseVersionKey(key)
    // a key that was damaged: its page is missed by the sums
    if (version === null) return
    const { operator, structure, page, epoch } = version
    const place = this.#place
    if (page !== place.page || structure !== place.structure || operator !== place.operator) {
      this.endPage()
      const isSame = structure === place.structure && operator === place.operator
      const prefix = isSame ? place.prefix : structurePrefix(operator, structure)
      this.#place = { operator, structure, page, prefix }
    }
    const bytes = value.length - SEAL_BYTES
    const isDeleted = value[4] === DELETED
    this.#found.push({
      key,
      epoch,
      seal: bytes < 0 ? 0 : sealOf(value),
      bytes,
      isDeleted,
      isIntact: isIntact(key, value),
    })
  }

  endPage(): void {
    const found = this.#found
    this.#found = []
    const ofLast = greatest(found, this.#last?.epoch)
    const ofPrevious = greatest(found, this.#previous?.epoch)
    if (ofLast) this.#last!.add(this.#place, ofLast)
    if (ofPrevious) this.#previous!.add(this.#place, ofPrevious)
    for (const version of found) {
      if (version === ofLast && !version.isDeleted) continue
      if (version === ofLast ? ofPrevious && ofPrevious !== ofLast : version === ofPrevious) {
        this.#lists.replaced.push(version.key)
      } else this.#lists.unneeded.push(version.key)
    }
  }
}

/** Versions ascend. */
const greatest = (found: readonly Found[], epoch: number | undefined): Found | undefined =>
  epoch === undefined ? undefined : found.findLast((version) => version.epoch <= epoch)

/** Structures whose pages are not those that the root counted, in words. */
function differences(expected: StructureSums, actual: StructureSums): readonly string[] {
  const problems: string[] = []
  for (const operator of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [should, is] = [expected[operator] ?? {}, actual[operator] ?? {}]
    for (const structure of new Set([...Object.keys(should), ...Object.keys(is)])) {
      const [wanted, there] = [should[structure] ?? { pages: 0, sum: 0 }, is[structure] ?? { pages: 0, sum: 0 }]
      if (wanted.pages !== there.pages)
        problems.push(`${structure} of ${operator} has ${there.pages} pages instead of ${wanted.pages}`)
      else if (wanted.sum !== there.sum) problems.push(`${structure} of ${operator} has pages of another epoch`)
    }
  }
  return problems
}
