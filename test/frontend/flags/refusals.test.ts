import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TidemarkError } from '../../../src/base/errors.ts'

import { lostQuotesHint } from '../../../src/frontend/flags/lost-quotes.ts'
import { parseCommandLine } from '../../../src/frontend/flags/parse.ts'
import { VERBS } from '../../../src/frontend/flags/verbs.ts'
import { shellWords } from '../../cases/shell-words.ts'
import { REFUSALS } from './refusals.table.ts'

const surroundings = {
  exists: (path: string) => path === 'a.ndjson' || path === 'data',
  readText: () => ' \n',
}

function refusalOf(words: readonly string[]): string {
  try {
    parseCommandLine(words, surroundings)
  } catch (error) {
    assert.ok(error instanceof TidemarkError, String(error))
    assert.equal(error.exitStatus, 2)
    return error.render()
  }
  assert.fail('was not refused')
}

describe('a command line is refused, with the whole message', () => {
  const verbs = VERBS.map(({ name }) => name).join(', ')
  const cases = REFUSALS.replaceAll('{verbs}', verbs)
    .trimEnd()
    .split(/\n+\$ /)
    .slice(1)
  assert.ok(cases.length > 80)
  for (const text of cases) {
    const [line, ...message] = text.split('\n')
    test(line!, () => assert.equal(refusalOf(shellWords(line!).slice(1)), message.join('\n')))
  }
})

describe('an argument that is also a file', () => {
  test('is a field if it is named like one', () => {
    assert.equal(parseCommandLine(['select', 'data', 'a.ndjson'], surroundings).kind, 'chain')
  })
})

describe('the hint of the lost quotes', () => {
  const torn = (verb: string, argument: string, files: string) =>
    lostQuotesHint(files.split(' ')[0]!, { verb, argument, files: files.split(' ') })

  test('puts the expression together again, up to the files', () => {
    const hint = 'the expression lost its quotes; write: '
    assert.equal(torn('filter', 'status', '= FAILED a.ndjson'), `${hint}filter "status = 'FAILED'"`)
    assert.equal(torn('filter', 'ms', '>= 500 AND level = WARN x y'), `${hint}filter "ms >= 500 AND level = 'WARN'"`)
    assert.equal(torn('filter', 'a', 'IS NOT NULL f'), `${hint}filter 'a IS NOT NULL'`)
    assert.equal(torn('filter', 'a', 'BETWEEN 1 AND 5 f'), `${hint}filter 'a BETWEEN 1 AND 5'`)
    assert.equal(torn('select', 'a,', 'b f'), `${hint}select 'a, b'`)
    assert.equal(torn('select', 'a', 'AS b f'), `${hint}select 'a AS b'`)
  })

  test('shows the example of the reference where the step is not known', () => {
    assert.equal(lostQuotesHint('='), `the expression lost its quotes; write: filter "status = 'FAILED'"`)
  })

  test('is silent for other names', () => {
    for (const word of ['a.ndjson', '-', 'status', 'x=1']) assert.equal(lostQuotesHint(word), undefined)
  })
})
