import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TidemarkError } from '../../src/base/errors.ts'
import { readCommandWords } from '../../src/cli/program.ts'
import { findCommand } from '../../src/frontend/flags/definitions.ts'

const read = (name: string, ...words: string[]) => {
  const { arguments: given, flags } = readCommandWords(findCommand(name)!, words)
  return { arguments: given, flags }
}

const REFUSALS: readonly (readonly [line: string, message: string])[] = [
  ['functions --jsno', "functions has no flag '--jsno' [E_FLAG]\n  hint: did you mean '--json'?"],
  ['functions -z', "functions has no flag '-z' [E_FLAG]\n  hint: write: tidemark functions [NAME] [--json]"],
  ['functions --json=3', '--json takes no value [E_FLAG_VALUE]\n  hint: write: tidemark functions [NAME] [--json]'],
  [
    'functions a b',
    'functions does not take so many words: a b [E_CHAIN]\n  hint: write: tidemark functions [NAME] [--json]',
  ],
  ['completion', 'completion needs SHELL: bash, zsh or fish [E_CHAIN]\n  hint: write: tidemark completion SHELL'],
  ['completion bsh', "completion takes bash, zsh or fish, not 'bsh' [E_CHAIN]\n  hint: did you mean 'bash'?"],
  ['completion bash --json', "completion has no flag '--json' [E_FLAG]\n  hint: write: tidemark completion SHELL"],
  [
    'state',
    'state needs ACTION: ls, show, verify, reset, dump or restore [E_CHAIN]\n  hint: write: tidemark state ls|show|verify|reset|dump|restore DIR..., or state plan CHAIN',
  ],
  [
    'state shwo',
    "state takes ls, show, verify, reset, dump or restore, not 'shwo' [E_CHAIN]\n  hint: did you mean 'show'?",
  ],
  [
    'state shwo st',
    "state takes ls, show, verify, reset, dump or restore, not 'shwo' [E_CHAIN]\n  hint: did you mean 'show'?",
  ],
  [
    'state ls',
    'state needs DIR [E_CHAIN]\n  hint: write: tidemark state ls|show|verify|reset|dump|restore DIR..., or state plan CHAIN',
  ],
  [
    'help --color',
    '--color needs a value [E_FLAG_VALUE]\n  hint: write: tidemark help [VERB|COMMAND|TOPIC] [--man] [--schema]',
  ],
  ['help --color sometimes', "--color is auto, always or never, not 'sometimes' [E_FLAG_VALUE]"],
]

describe('the words behind a command', () => {
  test('are read into arguments and the flags that were given', () => {
    assert.deepEqual(read('functions'), { arguments: [], flags: {} })
    assert.deepEqual(read('functions', '--json', 'abs'), { arguments: ['abs'], flags: { json: true } })
    assert.deepEqual(read('completion', 'zsh'), { arguments: ['zsh'], flags: {} })
    assert.deepEqual(read('state', 'ls', 'a', '--json', 'b'), { arguments: ['ls', 'a', 'b'], flags: { json: true } })
    assert.deepEqual(read('help', '--man'), { arguments: [], flags: { man: true } })
    assert.deepEqual(read('help', '-q', 'late', '--no-color'), {
      arguments: ['late'],
      flags: { color: 'never', quiet: true },
    })
  })

  for (const [line, message] of REFUSALS) {
    test(`are refused: ${line}`, () => {
      const [name, ...words] = line.split(' ')
      assert.throws(
        () => read(name!, ...words),
        (error) => {
          assert.ok(error instanceof TidemarkError, String(error))
          assert.equal(error.render(), `tidemark: ${message}`)
          return true
        },
      )
    })
  }
})
