import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BATCH_ROWS, type Batch } from '../../src/data/batch.ts'
import { createScanner } from '../../src/formats/json/create-scanner.ts'
import type { Scanner } from '../../src/formats/scanner.ts'

/** Reads rows with these texts, in batches; returns how often the dictionary was dropped. */
function dropsOf(scanner: Scanner, texts: Iterable<string>): number {
  const batch: Batch = scanner.createBatch()
  const { dictionary } = batch.columns[0]!
  let rows: string[] = []
  const read = () => {
    const buffer = Buffer.from(rows.map((text) => `{"a":"${text}"}\n`).join(''))
    batch.clear()
    scanner.scan(buffer, 0, buffer.length, batch, 1)
    assert.deepEqual(
      [0, rows.length - 1].map((i) => batch.columns[0]!.value(i)),
      [rows[0], rows.at(-1)],
    )
    scanner.endRound()
    rows = []
  }
  for (const text of texts) if (rows.push(text) === BATCH_ROWS) read()
  if (rows.length > 0) read()
  return dictionary!.generation
}

function* repeated(count: number, textOf: (i: number) => string): Generator<string> {
  for (let i = 0; i < count; i += 1) yield textOf(i)
}

/** A reproducible number below `limit`. */
function random(limit: number): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

for (const choice of ['reference', 'kernel'] as const) {
  const newScanner = () => createScanner([{ path: ['a'], encoding: 'interned' }], choice)

  test(`texts that never come again are dropped soon, by the ${choice} scanner`, () => {
    const drops = dropsOf(
      newScanner(),
      repeated(200_000, (i) => `id-${i}`),
    )
    assert.ok(drops >= 4, `${drops} drops`)
  })

  test(`texts that come twice close together and then never again are dropped as well, by the ${choice} scanner`, () => {
    const drops = dropsOf(
      newScanner(),
      repeated(400_000, (i) => `id-${i >> 1}`),
    )
    assert.ok(drops >= 4, `${drops} drops`)
  })

  test(`few long texts that never come again are dropped as well, by the ${choice} scanner`, () => {
    const drops = dropsOf(
      newScanner(),
      repeated(20_000, (i) => `${i}${'x'.repeat(500)}`),
    )
    assert.ok(drops >= 2, `${drops} drops`)
  })

  test(`texts that come again by chance are kept, however many, by the ${choice} scanner`, () => {
    const next = random(400_000)
    assert.equal(
      dropsOf(
        newScanner(),
        repeated(400_000, () => `key-${next()}`),
      ),
      0,
    )
  })
}
