import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCutter, createDecoder } from '../../src/formats/decoding/create-decoder.ts'
import { DecodingScanner } from '../../src/formats/decoding/decoding-scanner.ts'
import { ReferenceScanner } from '../../src/formats/json/reference-scanner.ts'
import { LineReader } from '../../src/formats/lines.ts'
import { MemorySource } from '../../src/sources/memory.ts'

const NAMES = ['a', 'b', 'c'] as const
const STYLE = { header: null, changelog: null } as const

/** All rows of a text that is read in pieces, as JSON, and the reasons of bad rows in their places. */
async function rowsOf(
  format: 'csv' | 'tsv',
  text: string,
  cuts: readonly number[],
  chunkBytes = 7,
): Promise<unknown[]> {
  const style = { ...STYLE, format }
  const fields = NAMES.map((name) => ({ path: [name], encoding: 'plain' as const }))
  const scanner = new DecodingScanner(new ReferenceScanner(fields), createDecoder(style)!)
  const source = new MemorySource(text, { cuts })
  const reader = new LineReader({ source, buffer: scanner, cutter: createCutter(style), chunkBytes })
  const rows: unknown[] = []
  const batch = scanner.createBatch()
  let line = 1
  for (let lines = await reader.next(line); lines !== null; lines = await reader.next(line)) {
    line = lines.firstLine
    for (let at = lines.from; at < lines.to; ) {
      batch.clear()
      Object.assign(batch.raw!, { source: lines.file, buffer: lines.buffer, base: lines.base })
      const { next, nextLine, bad } = scanner.scan(lines.buffer, at, lines.to, batch, line)
      for (let i = 0; i < batch.length; i += 1) {
        const record = text.split('\n')[batch.raw!.lines[i]! - 1]
        const offset =
          Buffer.byteLength(
            text
              .split('\n')
              .slice(0, batch.raw!.lines[i]! - 1)
              .join('\n'),
          ) + 1
        assert.equal(batch.raw!.origins!.offsets[i], offset, `the row begins at ${record}`)
        rows.push(JSON.parse(batch.raw!.buffer.toString('utf8', batch.raw!.starts[i], batch.raw!.ends[i])))
      }
      if (bad) rows.push(bad.reason)
      at = next
      line = nextLine
    }
    if (lines.tooLong) rows.push(lines.tooLong.reason)
  }
  return rows
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\t', '\\', ' ', 'é', '\u0001', '東') }),
  fc.constantFrom('7', '007', '-1.5e3', 'true', 'false', 'null', '', '1.', '.5'),
)
const table = fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 })

/** What a field without quotes means. */
function inferred(text: string): unknown {
  if (text === '') return null
  if (text === 'true' || text === 'false') return text === 'true'
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'number' && text.trim() === text ? value : text
  } catch {
    return text
  }
}

test('CSV of any cells, written as RFC 4180 has it, comes back however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.boolean(),
      fc.array(fc.nat(400), { maxLength: 4 }),
      async (cells, alwaysQuotes, cuts) => {
        const isQuoted = (text: string) => alwaysQuotes || /[",\n]|^\s|\s$/.test(text)
        const write = (text: string) => (isQuoted(text) ? `"${text.replaceAll('"', '""')}"` : text)
        const text = ['a,b,c', ...cells.map((row) => row.map(write).join(','))].join('\n')
        const wanted = cells.map((row) =>
          Object.fromEntries(row.map((value, i) => [NAMES[i], isQuoted(value) ? value : inferred(value)])),
        )
        const sorted = [...new Set(cuts)].sort((x, y) => x - y)
        assert.deepEqual(await rowsOf('csv', text, sorted), wanted)
        assert.deepEqual(await rowsOf('csv', text, [], 1 << 16), wanted)
      },
    ),
    { numRuns: 150 },
  )
})

test('TSV of any cells comes back however it is cut', async () => {
  const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
  await fc.assert(
    fc.asyncProperty(table, fc.array(fc.nat(400), { maxLength: 4 }), async (cells, cuts) => {
      const isEscaped = (text: string) => /[\\\t\n\r]/.test(text)
      const write = (text: string) => text.replace(/[\\\t\n\r]/g, (character) => escapes[character]!)
      const text = ['a\tb\tc', ...cells.map((row) => row.map(write).join('\t'))].join('\n')
      const wanted = cells.map((row) =>
        Object.fromEntries(row.map((value, i) => [NAMES[i], isEscaped(value) ? value : inferred(value)])),
      )
      assert.deepEqual(
        await rowsOf(
          'tsv',
          text,
          [...new Set(cuts)].sort((x, y) => x - y),
        ),
        wanted,
      )
    }),
    { numRuns: 100 },
  )
})

test('a record of the wrong width is bad, the next one is read', async () => {
  const text = 'a,b,c\n1,2\n"x\ny",2,3\n1,2,3,4\n"q"r,1,2\n5,6,7\n"open,1,2\n'
  assert.deepEqual(await rowsOf('csv', text, []), [
    '2 fields, the header has 3',
    { a: 'x\ny', b: 2, c: 3 },
    '4 fields, the header has 3',
    'text behind a closing quote; a quote within quotes is doubled',
    { a: 5, b: 6, c: 7 },
    'a quote is never closed',
  ])
})
