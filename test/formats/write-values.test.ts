import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Column, Tag } from '../../src/data/column.ts'
import { canonicalNumber } from '../../src/data/number.ts'
import { jsonOf } from '../../src/data/value.ts'
import { writeNumber } from '../../src/formats/json/write-number.ts'
import { writeSpan, writeString } from '../../src/formats/json/write-string.ts'
import { OutputBuffer } from '../../src/formats/output-buffer.ts'

/** What is written, behind something else. */
function printed(write: (out: OutputBuffer) => void): string {
  const out = new OutputBuffer()
  out.text('é')
  write(out)
  out.text('|')
  const text = out.take().toString()
  assert.ok(text.startsWith('é') && text.endsWith('|'))
  return text.slice(1, -1)
}

const assertNumber = (value: number): void =>
  assert.equal(
    printed((out) => writeNumber(out, value)),
    canonicalNumber(value),
  )

test('numbers of every size and with any fraction print as canonicalNumber says', () => {
  const edges = [0, -0, Infinity, Number.NaN, 5e-324, 1e-7, 1e-6, 1.5e-6, 1e21, 1e20, 1.7976931348623157e308]
  for (const power of [9, 10, 13, 15, 16, 17]) edges.push(10 ** power, 10 ** power - 1, 10 ** power + 1)
  for (const power of [31, 32, 43, 46, 52, 53, 54]) edges.push(2 ** power, 2 ** power - 1, 2 ** power + 1)
  for (const whole of [0, 1, 99, 2 ** 31 - 1, 2 ** 31, 999_999_999, 1e9, 1e12, 9_999_999_999_999, 1e13, 1e14]) {
    for (const rest of [0.01, 0.1, 0.25, 0.5, 0.99, 0.000001, 0.123456, 0.1234567, 0.999999, 1 / 3])
      edges.push(whole + rest)
  }
  for (const value of edges) {
    assertNumber(value)
    assertNumber(-value)
  }
  for (let digits = 0; digits < 12; digits += 1) {
    for (let i = 0; i < 1000; i += 1) {
      const value = Number(`${Math.imul(i, 2_654_435_761) >>> (i % 32)}e-${digits}`)
      for (const near of [value, value + 0.1 + 0.2, value * (1 + 2 ** -52)]) assertNumber(near)
    }
  }
})

test('whatever a double is, it prints as canonicalNumber says', () => {
  fc.assert(fc.property(fc.double(), assertNumber), { numRuns: 5000 })
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 18 }), (digits, places) =>
      assertNumber(Number(`${digits}e-${places}`)),
    ),
    { numRuns: 5000 },
  )
})

test('any string prints as jsonOf says', () => {
  const string = (text: string): void =>
    assert.equal(
      printed((out) => writeString(out, text)),
      jsonOf(text),
    )
  const units = [
    'a',
    '"',
    '\\',
    '\n',
    '\u001f',
    '\u007f',
    '\u0080',
    'é',
    '\u2028',
    '\ud83d\ude00',
    '\ud800',
    '\udc00',
    '',
  ]
  for (const unit of units) {
    for (const length of [0, 1, 22, 23, 24, 25, 26, 200]) {
      string(`${'x'.repeat(length)}${unit}`)
      string(`${unit}${'x'.repeat(length)}`)
      string(unit.repeat(length))
    }
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), string), { numRuns: 2000 })
})

test('a string prints as jsonOf says when it was read with any escapes', () => {
  const escapes = ['a', '\\"', '\\\\', '\\/', '\\n', '\\u00e9', '\\ud800', '\\ud83d\\ude00', 'é', '\u{1f600}', '\u007f']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...escapes), { maxLength: 80 }), (parts) => {
      const buffer = Buffer.from(`<${parts.join('')}>`)
      const column = new Column('any', 'span', 1)
      column.tags[0] = Tag.String
      column.ids[0] = 1
      column.ends[0] = buffer.length - 1
      column.buffer = buffer
      assert.equal(
        printed((out) => writeSpan(out, buffer, 1, buffer.length - 1)),
        jsonOf(column.text(0)),
      )
    }),
    { numRuns: 1000 },
  )
})
