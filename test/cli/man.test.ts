import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { ERROR_CODES } from '../../src/base/error-codes.ts'
import { manPage } from '../../src/cli/man.ts'
import { ALL_FLAGS, namesOf } from '../../src/frontend/flags/definitions.ts'
import { VERBS } from '../../src/frontend/flags/verbs.ts'
import { FUNCTION_REFERENCE } from '../../src/functions/reference.ts'

const page = manPage()
/** The page as text again: what roff makes of the escapes that it uses. */
const plain = page
  .replace(/\\f[BIR]/g, '')
  .replaceAll('\\-', '-')
  .replaceAll('\\(aq', "'")
  .replaceAll('\\(ga', '`')
  .replaceAll('\\(ha', '^')
  .replaceAll('\\(ti', '~')
  .replaceAll('\\e', '\\')

describe('the man page', () => {
  test('has the sections that man pages have', () => {
    const headings = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title)
    for (const title of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'VERBS', 'FLAGS', 'EXPRESSIONS', 'FUNCTIONS'])
      assert.ok(headings.includes(title), title)
    for (const title of ['EXIT STATUS', 'ERRORS', 'EXAMPLES']) assert.ok(headings.includes(title), title)
  })

  test('names every verb, flag, function and code', () => {
    for (const { name } of VERBS) assert.match(plain, new RegExp(`^\\.SS ${name}\\b`, 'm'))
    for (const flag of ALL_FLAGS) for (const name of namesOf(flag)) assert.match(plain, new RegExp(`--${name}\\b`))
    for (const { signature } of FUNCTION_REFERENCE) assert.ok(plain.includes(`.TP\n${signature}\n`), signature)
    for (const code of Object.keys(ERROR_CODES)) assert.ok(plain.includes(code), code)
  })

  test('no text becomes a request by accident', () => {
    const known = /^\.(TH|SH|SS|PP|TP|RS|RE|nf|fi|br|\\")/
    for (const line of page.split('\n')) {
      if (line.startsWith('.')) assert.match(line, known)
      assert.ok(!line.startsWith("'"), line)
    }
  })

  test('mandoc has nothing to say but that there is no date', (context) => {
    const mandoc = spawnSync('mandoc', ['-Tlint', '-Wwarning'], { input: page, encoding: 'utf8' })
    if (mandoc.error) return context.skip('mandoc is not installed')
    const said = mandoc.stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))
    assert.deepEqual(said, [])
  })
})
