import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ErrorCode } from '../../src/base/error-codes.ts'
import { firstLineHint } from '../../src/job/first-line-hint.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)
const hintFor = (raw: Buffer, line: number | null = 1, code: ErrorCode = 'E_ROW_JSON') =>
  firstLineHint({ code, line, raw })

describe('the first line tells what an input is that is not NDJSON', () => {
  const table: readonly (readonly [what: string, raw: Buffer, hint: RegExp | undefined])[] = [
    ['pretty-printed JSON', bytes('{'), /jq -c \. FILE/],
    ['pretty-printed JSON with its first member', bytes('{ "a": {'), /jq -c \. FILE/],
    ['an array', bytes('[{"a":1},'), /jq -c '\.\[\]' FILE/],
    ['an array of many lines', bytes('['), /jq -c '\.\[\]' FILE/],
    ['CSV', bytes('ts,user id,"amount"'), /--input-format csv/],
    ['TSV', bytes('ts\tuser'), /--input-format tsv/],
    ['UTF-16 with its mark', bytes('\ufeff{"a":1}', 'utf16le'), /iconv -f UTF-16 /],
    ['UTF-16 without', bytes('{"a":1}', 'utf16le'), /iconv -f UTF-16LE /],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /xz -dc/],
    ['bzip2', bytes('BZh91AY'), /bzip2 -dc/],
    ['a line of words', bytes('hello world'), undefined],
    ['a row that was cut', bytes('{"a":1,"b":"x'), undefined],
    ['a row with another mistake', bytes('{"a":1,}'), undefined],
    ['nothing', bytes(''), undefined],
  ]
  for (const [what, raw, hint] of table)
    test(what, () => {
      const found = hintFor(raw)
      if (hint === undefined) assert.equal(found, undefined)
      else assert.match(found ?? '', hint)
    })

  test('later lines, and rows that can be read, tell nothing', () => {
    assert.equal(hintFor(bytes('{'), 2), undefined)
    assert.equal(hintFor(bytes('{'), null), undefined)
    assert.equal(hintFor(bytes('a,b'), 1, 'E_ROW_FIELDS'), undefined)
    assert.notEqual(hintFor(bytes('[1]'), 1, 'E_ROW_OBJECT'), undefined)
  })
})
