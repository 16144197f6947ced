import assert from 'node:assert/strict'
import { BATCH_ROWS, type Batch } from '../../src/data/batch.ts'
import { type Encoding, Tag } from '../../src/data/column.ts'
import { createScanner } from '../../src/formats/json/create-scanner.ts'
import { createKernel, releaseKernel } from '../../src/formats/json/kernel-module.ts'
import type { BadLine, ScanField, Scanner } from '../../src/formats/scanner.ts'
import { comparable, JsonMaker, random, valueAt } from './json-cases.ts'

/** What the kernel leaves to the reference scanner: paths that are the beginning of others. */
const WITHIN_EACH_OTHER = [
  ['user'],
  ['user', 'id'],
  ['user', 'geo', 'country'],
  ['geo', 'country'],
  ['geo'],
  ['id', 'id'],
]

/** Sets of paths; but for the first the kernel reads them itself. */
const PATH_SETS: readonly (readonly (readonly string[])[])[] = [
  WITHIN_EACH_OTHER,
  [['user'], ['n'], ['id'], ['geo', 'country'], ['k"q']],
  [['user', 'id'], ['user', 'geo', 'country'], ['geo', 'n'], ['__proto__'], [''], ['id', 'id']],
  [
    ['n', 'n', 'n'],
    ['üser', 'long_key_name_more_than_16_bytes'],
    ['long_key_name_more_than_16_bytes'],
    ['constructor', 'a b'],
  ],
  [],
]
const ENCODINGS: readonly Encoding[] = ['interned', 'span', 'plain']

/** More than a kernel takes before it has read anything. */
const RUBBISH_BYTES = 16 << 20

/** Lines after which scanners begin with nothing learned. */
const LINES_PER_LIFE = 10_000

export interface FuzzCounts {
  lines: number
  rows: number
  bad: number
}

/** A kernel gets the memory of one that is done with: what that left there must not matter. */
function leaveRubbish(): void {
  const kernel = createKernel()
  if (kernel === null) return
  new Uint8Array(kernel.memory.buffer, 0, RUBBISH_BYTES).fill(0xaa)
  releaseKernel(kernel)
}

/** Pairs of scanners, one for each set of paths and turn of the encodings, that must agree on everything. */
function scannerPairs(turn: number) {
  return PATH_SETS.map((paths, p) => {
    leaveRubbish()
    const fields = paths.map((path, f): ScanField => ({ path, encoding: ENCODINGS[(f + p + turn) % 3]! }))
    const scanners = (['reference', 'kernel'] as const).map((choice) => createScanner(fields, choice))
    assert.deepEqual(
      scanners.map(({ name }) => name),
      ['reference', paths === WITHIN_EACH_OTHER ? 'reference' : 'kernel'],
    )
    return { paths, scanners: scanners.map((scanner) => ({ scanner, batch: scanner.createBatch() })) }
  })
}

/** Both scanners and JSON.parse on the same random lines. Throws at the first difference. */
export function fuzzScanners(lines: number, seed: number): FuzzCounts {
  const below = random(seed ^ 0x5bd1e995)
  const stretches = new StretchMaker(new JsonMaker(seed), below)
  const counts = { lines: 0, rows: 0, bad: 0 }
  for (let turn = 0; counts.lines < lines; turn += 1) {
    const pairs = scannerPairs(turn)
    const end = Math.min(lines, counts.lines + LINES_PER_LIFE)
    while (counts.lines < end) {
      const bytes = stretches.next()
      const { paths, scanners } = pairs[below(pairs.length)]!
      const free = below(3) === 0 ? 1 + below(5) : BATCH_ROWS
      const isOwn = below(4) > 0
      const [one, other] = scanners.map((some) => scanStretch(some, { bytes, free, isOwn }))
      assert.deepEqual(other, one, JSON.stringify(bytes.toString()))
      compareWithParse(one!, bytes, paths)
      counts.lines += stretches.lines
      counts.rows += one!.rows.length
      counts.bad += one!.bad.length
      if (below(50) === 0) for (const { scanner } of scanners) scanner.endRound()
    }
  }
  return counts
}

/** Some lines: some repeat the structure of the one before, some are broken, blank, or not UTF-8. */
class StretchMaker {
  readonly #maker: JsonMaker
  readonly #below: (below: number) => number
  #base = '{}'
  lines = 0

  constructor(maker: JsonMaker, below: (below: number) => number) {
    this.#maker = maker
    this.#below = below
  }

  next(): Buffer {
    this.lines = 1 + this.#below(8)
    const texts = Array.from({ length: this.lines }, () => this.#line().replaceAll('\n', ' '))
    const bytes = Buffer.from(`${texts.join('\n')}\n`)
    if (this.#below(30) === 0) {
      const at = this.#below(bytes.length - 1)
      if (bytes[at] !== 0x0a) bytes[at] = 0x80 + this.#below(128)
    }
    return bytes
  }

  /** The members of two objects in one, so that many come twice; a syntax error where the first has none. */
  #twice(object: string): string {
    const other = this.#maker.object()
    return object.length > 300 ? other : `${object.replace(/\}[^}]*$/, '')},${other.slice(1)}`
  }

  #line(): string {
    if (this.#below(40) === 0) return this.#maker.pick(['', ' ', '\r', ' \t\r', '[1]', '"x"', '12', 'null', '{', '}'])
    const change = this.#below(9)
    if (change < 3) this.#base = this.#maker.object()
    else if (change === 3) this.#base = this.#twice(this.#base)
    else if (change < 6) this.#base = this.#base.replace(/\d/g, () => `${this.#below(10)}`)
    const line = this.#below(3) === 0 ? this.#maker.mutate(this.#base) : this.#base
    return this.#below(20) === 0 ? ` ${line} \r` : line
  }
}

interface ScannedRow {
  readonly line: number
  readonly start: number
  readonly end: number
  readonly tags: readonly number[]
  readonly values: readonly unknown[]
}

interface ScannedStretch {
  readonly rows: ScannedRow[]
  readonly bad: BadLine[]
  readonly nextLine: number
}

interface StretchOptions {
  readonly bytes: Buffer
  /** Rows that the batch has room for. */
  readonly free: number
  /** Are the bytes in the scanner's own input buffer? */
  readonly isOwn: boolean
}

/** What comes behind the bytes must not matter. */
const GARBAGE = '"}{\\n1e"'.repeat(10)

function scanStretch(
  { scanner, batch }: { scanner: Scanner; batch: Batch },
  { bytes, free, isOwn }: StretchOptions,
): ScannedStretch {
  const size = bytes.length + GARBAGE.length
  const buffer = isOwn ? scanner.inputBuffer(size, 0) : Buffer.alloc(size)
  bytes.copy(buffer)
  buffer.write(GARBAGE, bytes.length)
  const scanned: ScannedStretch = { rows: [], bad: [], nextLine: 0 }
  let line = 7
  for (let at = 0; at < bytes.length; ) {
    batch.length = BATCH_ROWS - free
    batch.raw!.buffer = buffer
    const result = scanner.scan(buffer, at, bytes.length, batch, line)
    assert.ok(result.next > at, 'a scan goes on')
    for (let row = BATCH_ROWS - free; row < batch.length; row += 1) scanned.rows.push(rowOf(batch, row))
    if (result.bad) scanned.bad.push(result.bad)
    at = result.next
    line = result.nextLine
  }
  return { ...scanned, nextLine: line }
}

function rowOf(batch: Batch, row: number): ScannedRow {
  const raw = batch.raw!
  return {
    line: raw.lines[row]!,
    start: raw.starts[row]!,
    end: raw.ends[row]!,
    tags: batch.columns.map(({ tags }) => tags[row]!),
    values: batch.columns.map((column) => column.value(row)),
  }
}

/** Rows are the lines that JSON.parse takes as objects, with what it finds in them. */
function compareWithParse(scanned: ScannedStretch, bytes: Buffer, paths: readonly (readonly string[])[]): void {
  const bad = new Set(scanned.bad.filter(({ code }) => code === 'E_ROW_UTF8').map(({ start }) => start))
  const rows = new Map(scanned.rows.map((row) => [row.start, row]))
  let start = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    const text = bytes.toString('utf8', start, end)
    const parsed = bad.has(start) ? undefined : parse(text)
    const isRow = parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
    const row = rows.get(start)
    assert.equal(row !== undefined, isRow, text)
    if (row) {
      assert.equal(row.end, end, text)
      paths.forEach((path, f) => {
        compareValue(valueAt(parsed, path), row, { f, about: `${path.join('.')} of ${text}` })
      })
    }
    start = end + 1
  }
}

function compareValue(expected: unknown, row: ScannedRow, { f, about }: { f: number; about: string }): void {
  if (expected === undefined) {
    assert.equal(row.tags[f], Tag.Missing, about)
    return
  }
  const want = typeof expected === 'string' ? expected.toWellFormed() : expected === 0 ? 0 : expected
  assert.deepEqual(comparable(row.values[f] as never), want, about)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
