import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PartPaths, pathSafe } from '../../src/job/part-path.ts'
import { parsePathTemplate } from '../../src/plan/path-template.ts'
import { UTC, zoneOf } from '../../src/time/zone.ts'

const row = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
const pathOf = (template: string, value: object, time = NaN): string =>
  new PartPaths(parsePathTemplate(template), UTC, null).of(time, row(value)).path

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', '.', '..', '../..', '/etc/passwd', '\0', 'a/b', '%2F', '%', '-rf', '.ssh', 'ü'.repeat(200)),
)

test('no value leaves its place in a path, whatever it is', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const name = pathSafe(value)
      assert.doesNotMatch(name, /[/\\\u0000-\u001f\u007f]|^\.|^-|^$/)
      assert.ok(Buffer.byteLength(name) <= 120)
      assert.equal(pathOf('x/{a}/y', { a: value }).split('/').length, 3)
    }),
  )
})

test('different values have different places', () => {
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      assert.equal(pathSafe(a) === pathSafe(b), a.toWellFormed() === b.toWellFormed())
    }),
  )
  const long = 'x'.repeat(500)
  assert.notEqual(pathSafe(`${long}a`), pathSafe(`${long}b`))
})

test('several fields of one name share its room', () => {
  const long = 'x'.repeat(500)
  const path = pathOf('{a}-{b}-{c}.ndjson', { a: long, b: long, c: long })
  assert.ok(path.length < 140)
})

test('members of members, numbers, and what is not there', () => {
  const value = { a: { b: { c: 1.5 }, 'd.e': 'x' }, f: true, g: [1, '/'] }
  assert.equal(pathOf('{a.b.c}/{f}/{g}/{a.x.y}/{h}/{.day}', value), '1.5/true/[1,"%2F"]/null/null/null')
  assert.equal(pathOf('{day}/{.day}', { day: 'mon' }, 0), '1970-01-01/mon')
  assert.equal(pathOf('{a}', { a: 'ü"\\' }), 'ü"%5C')
  assert.equal(pathOf('{{{a}}}', { a: 1 }), '{1}')
})

test('units are of event time in the zone, and end with it; rows without time go to null', () => {
  const berlin = zoneOf('Europe/Berlin')
  const paths = new PartPaths(parsePathTemplate('{day}/{hour}'), berlin, null)
  const at = (iso: string) => paths.of(Date.parse(iso), row({}))
  const end = (iso: string) => Date.parse(iso)
  assert.deepEqual(at('2024-05-01T22:30:00Z'), { path: '2024-05-02/00', end: end('2024-05-01T23:00:00Z') })
  // the hour from two to three comes twice, and its part ends with the second
  assert.deepEqual(at('2024-10-27T00:30:00Z'), { path: '2024-10-27/02', end: end('2024-10-27T02:00:00Z') })
  assert.deepEqual(at('2024-10-27T01:30:00Z'), { path: '2024-10-27/02', end: end('2024-10-27T02:00:00Z') })
  assert.deepEqual(paths.of(NaN, row({})), { path: 'null/null', end: Infinity })
  assert.equal(pathOf('{day} {hour} {minute}', {}, -1), '1969-12-31 23 59')
  const rolled = new PartPaths(parsePathTemplate('{day}'), UTC, 6 * 3_600_000)
  assert.equal(rolled.of(end('2024-05-01T07:00:00Z'), row({})).end, end('2024-05-01T12:00:00Z'))
})
