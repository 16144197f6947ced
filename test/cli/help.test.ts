import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ERROR_CODES } from '../../src/base/error-codes.ts'
import { TidemarkError } from '../../src/base/errors.ts'
import { helpText, helpTopics } from '../../src/cli/help.ts'
import { ALL_FLAGS } from '../../src/frontend/flags/definitions.ts'
import { parseCommandLine } from '../../src/frontend/flags/parse.ts'
import { VERBS } from '../../src/frontend/flags/verbs.ts'
import { FRONT_PAGE, TUMBLE } from './help.table.ts'

const pages = [undefined, ...helpTopics()]

describe('help', () => {
  test('the front page', () => assert.equal(helpText(undefined), FRONT_PAGE.trim()))
  test('the page of a verb', () => assert.equal(helpText('tumble'), TUMBLE.trim()))

  test('no line of any page is wider than 100 columns, or ends in white space', () => {
    for (const page of pages) {
      for (const line of helpText(page).split('\n')) {
        assert.ok(line.length <= 100, `${page}: ${line.length}: ${line}`)
        assert.equal(line, line.trimEnd(), page)
      }
    }
  })

  test('the page of a verb names each of its flags but --name, and shows examples first', () => {
    for (const { name, flags } of VERBS) {
      const text = helpText(name)
      for (const flag of flags.filter((other) => other !== 'name')) assert.match(text, new RegExp(`--${flag}\\b`), name)
      assert.ok(text.indexOf('  tidemark ') < text.lastIndexOf('  -'), name)
    }
  })

  test('all job flags and step defaults stand on the page of the flags', () => {
    const text = helpText('flags')
    for (const { name, scope } of ALL_FLAGS)
      if (scope === 'job' || scope === 'step-default') assert.match(text, new RegExp(`--${name}\\b`))
  })

  test('every code stands on the page of the exit codes', () => {
    const text = helpText('exit-codes')
    for (const code of Object.keys(ERROR_CODES)) assert.ok(text.includes(`  ${code} `), code)
  })

  test('the examples of the verbs can be read by the command line', () => {
    for (const { examples } of VERBS) {
      for (const { command } of examples) {
        const words = [...command.replace(/^.*\| /, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+?)"([^"]*)"|(\S+)/g)].map(
          ([, double, single, head, tail, plain]) => double ?? single ?? plain ?? `${head}${tail}`,
        )
        assert.equal(words.shift(), 'tidemark')
        const line = parseCommandLine(words, { exists: () => false, readText: () => '' })
        assert.equal(line.kind, 'chain', command)
      }
    }
  })

  test('an unknown topic is refused with the nearest one', () => {
    assert.throws(
      () => helpText('tumbel'),
      (error) =>
        error instanceof TidemarkError &&
        error.render() === "tidemark: there is no help for 'tumbel' [E_COMMAND]\n  hint: did you mean 'tumble'?",
    )
  })
})
