import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Batch, rawLines } from '../../src/data/batch.ts'
import { viewOf } from '../../src/data/key-bytes.ts'
import { newTextPlace, RowTexts, type TextPlace } from '../../src/data/row-texts.ts'

/** A batch of these lines, with so many bytes of others before each. */
function batchOf(lines: readonly string[], between: number): Batch {
  const batch = new Batch([], lines.length)
  const raw = rawLines(lines.length)
  const pieces = lines.map((line) => `${'-'.repeat(between)}\n${line}\n`)
  raw.buffer = Buffer.from(pieces.join(''))
  let at = 0
  pieces.forEach((piece, i) => {
    at += Buffer.byteLength(piece)
    raw.ends[i] = at - 1
    raw.starts[i] = at - 1 - Buffer.byteLength(lines[i]!)
    raw.lines[i] = i + 1
  })
  batch.raw = raw
  batch.length = lines.length
  return batch
}

/** Line i without blanks at its ends, as an operator would show it. */
function placeOf({ raw }: Batch, i: number): TextPlace {
  const { buffer, starts, ends } = raw!
  const place = { ...newTextPlace(), buffer, view: viewOf(buffer), source: 'a', line: i + 1, offset: starts[i]! }
  const text = buffer.toString('utf8', starts[i]!, ends[i]!)
  place.start = starts[i]! + text.length - text.trimStart().length
  place.end = ends[i]! - (text.length - text.trimEnd().length)
  return place
}

test('texts of lines that are kept are what stood there, whichever lines of a batch are kept and however large they are', () => {
  const line = fc.record({
    length: fc.oneof(fc.nat(300), fc.constant(100_000)),
    blanks: fc.nat(2),
    isKept: fc.boolean(),
  })
  const batch = fc.record({ lines: fc.array(line, { maxLength: 12 }), between: fc.constantFrom(0, 30, 500) })
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat(3)), (batches, chances) => {
      const texts = new RowTexts()
      const kept = new Map<number, string>()
      let row = 0
      for (const { lines, between } of batches) {
        const made = lines.map(({ length, blanks }, i) => `${' '.repeat(blanks)}{${i}${'x'.repeat(length)}}`)
        const from = batchOf(made, between)
        texts.endBatch()
        for (const [i, { isKept }] of lines.entries()) {
          if (!isKept) continue
          if (chances.next().value === 0) texts.set(row, placeOf(from, i))
          else texts.setLine(row, placeOf(from, i), from, i)
          kept.set(row, made[i]!.trim())
          row += 1
        }
        from.raw!.buffer.fill(0)
        for (const one of [...kept.keys()]) {
          if (chances.next().value !== 0) continue
          texts.clear(one)
          kept.delete(one)
        }
        if (chances.next().value === 0) texts.rewrite(kept.keys())
        for (const [one, text] of kept) assert.equal(texts.textOf(one), text)
      }
    }),
    { numRuns: 60 },
  )
})

test('memory of texts that are gone serves the next ones, and no piece of it grows', () => {
  const texts = new RowTexts()
  const text = Buffer.alloc(1000, 'x')
  const place = { ...newTextPlace(), buffer: text, view: viewOf(text), end: text.length }
  const seen = new Set<Buffer>()
  const found = newTextPlace()
  for (let n = 0; n < 40_000; n += 1) {
    if (n >= 2000) texts.clear(n % 2000)
    texts.set(n % 2000, place)
    texts.read(n % 2000, found)
    seen.add(found.buffer)
  }
  const [first] = seen
  assert.ok([...seen].every(({ length }) => length === first!.length))
  assert.ok(first!.length * seen.size < 2 * 2_000_000, `${seen.size} pieces of ${first!.length} bytes`)
})
