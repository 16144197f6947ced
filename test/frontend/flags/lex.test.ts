import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { TidemarkError } from '../../../src/base/errors.ts'
import { COMMANDS } from '../../../src/frontend/flags/commands.ts'
import { ALL_FLAGS, findFlag, namesOf } from '../../../src/frontend/flags/definitions.ts'
import { lex } from '../../../src/frontend/flags/lex.ts'
import type { FlagUse } from '../../../src/frontend/flags/lexed.ts'
import { VERBS } from '../../../src/frontend/flags/verbs.ts'

const nothing = { exists: () => false }
const shown = (uses: readonly FlagUse[]) =>
  uses.map(({ flag, written, value }) => `${written}→${flag.name}${value === '' ? '' : `=${value}`}`).join(' ')

/** The parts of a line in one string: `flags | defaults | verb(argument) flags > … | files`. */
function cut(words: readonly string[]): string {
  const line = lex(words, nothing)
  if (line.kind === 'help') return `help ${line.topic ?? ''}`.trim()
  if (line.kind === 'command') return `command ${line.command.name}: ${line.words.join(' ')}`
  if (line.kind !== 'chain') return line.kind
  const steps = line.steps.map(({ verb, argument, flags }) => `${verb.name}(${argument ?? ''}) ${shown(flags)}`.trim())
  const command = line.command ? `${line.command.name} ${shown(line.commandFlags)}`.trim() : ''
  return [command, shown(line.jobFlags), shown(line.defaults), steps.join(' > '), line.files.join(' ')].join(' | ')
}

const TABLE: readonly (readonly [words: readonly string[], parts: string])[] = [
  [[], 'nothing'],
  [['filter', 'a = 1'], ' |  |  | filter(a = 1) | '],
  [['-t', 'ts', 'tumble', '5m', 'a', 'b'], ' | -t→time=ts |  | tumble(5m) | a b'],
  [
    ['tumble', '5m', '-tts', '--watermark-delay=5s', 'f'],
    ' | -t→time=ts --watermark-delay→watermark-delay=5s |  | tumble(5m) | f',
  ],
  [['tumble', '--by', 'k', '5m'], ' |  |  | tumble(5m) --by→by=k | '],
  [['tumble', '5m', 'f', '--by', 'k'], ' |  |  | tumble(5m) --by→by=k | f'],
  [['tumble', '5m', '-b', 'a', '--by', 'b'], ' |  |  | tumble(5m) -b→by=a --by→by=b | '],
  [['dedup', '-b', 'k', 'f'], ' |  |  | dedup() -b→by=k | f'],
  [
    ['filter', 'a', 'then', 'dedup', '-b', 'k', 'then', 'tumble', '1m'],
    ' |  |  | filter(a) > dedup() -b→by=k > tumble(1m) | ',
  ],
  // a value may be any word, `then` and words with a dash included
  [['tumble', '5m', '--by', 'then', 'f'], ' |  |  | tumble(5m) --by→by=then | f'],
  [['tumble', '1d', '--offset', '-8h'], ' |  |  | tumble(1d) --offset→offset=-8h | '],
  [['tumble', '1d', '--by=--agg'], ' |  |  | tumble(1d) --by→by=--agg | '],
  [['filter', 'a', '-o', '-'], ' | -o→output=- |  | filter(a) | '],
  [['filter', 'a', '-i', 'x', '-i', 'y'], ' | -i→input=x -i→input=y |  | filter(a) | '],
  // `--` ends flags and chaining
  [['filter', '--', '-x > 3', '-f'], ' |  |  | filter(-x > 3) | -f'],
  [['filter', 'a', '--', 'then', '--by', '-'], ' |  |  | filter(a) | then --by -'],
  [['filter', '--', 'then'], ' |  |  | filter(then) | '],
  [['filter', 'a', '--', '--'], ' |  |  | filter(a) | --'],
  // letters without values join; the last may take the rest or the next word
  [['-qvt', 'ts', 'filter', 'a'], ' | -q→quiet -v→verbose -t→time=ts |  | filter(a) | '],
  [['-qtts', 'filter', 'a'], ' | -q→quiet -t→time=ts |  | filter(a) | '],
  // step defaults stand before the first verb, or behind a verb for that step
  [['--allowed-lateness', '1m', 'tumble', '5m'], ' |  | --allowed-lateness→allowed-lateness=1m | tumble(5m) | '],
  [['--emit=final', 'aggregate', '--emit', 'changes'], ' |  | --emit→emit=final | aggregate() --emit→emit=changes | '],
  // aliases, and a file in the place of the argument
  [['hop', '10m', '--every', '1m'], ' |  |  | hop(10m) --every→slide=1m | '],
  [['filter', '-f', 'x.sql', 'data'], ' |  |  | filter() -f→file=x.sql | data'],
  // commands
  [['explain', '-t', 'ts', 'tumble', '5m', '--json', 'f'], 'explain --json→json | -t→time=ts |  | tumble(5m) | f'],
  [['-t', 'ts', 'explain', 'tumble', '5m'], 'explain | -t→time=ts |  | tumble(5m) | '],
  [['functions', '--json', 'abs'], 'command functions: --json abs'],
  [['completion', 'bash'], 'command completion: bash'],
  [['help', 'late'], 'command help: late'],
  // words that decide alone
  [['-h'], 'help'],
  [['-t', 'ts', 'tumble', '--help'], 'help tumble'],
  [['tumble', '5m', 'then', 'dedup', '-h', '--nonsense'], 'help dedup'],
  [['explain', '--help'], 'help explain'],
  [['functions', '--help'], 'help functions'],
  [['tumble', '-V'], 'version'],
  [['--version'], 'version'],
]

describe('the command-line lexer', () => {
  for (const [words, parts] of TABLE) {
    test(`cuts: ${['tidemark', ...words].join(' ')}`, () => assert.equal(cut(words), parts))
  }

  test('throws nothing but TidemarkErrors, whatever the words', () => {
    const words = [...VERBS, ...COMMANDS].map(({ name }) => name)
    const flags = ALL_FLAGS.flatMap((flag) => [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])])
    const word = fc.oneof(fc.constantFrom(...words, ...flags, 'then', '--', '-', '', 'ts', '5m', '-5m'), fc.string())
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (line) => {
        try {
          lex(line, nothing)
        } catch (error) {
          assert.ok(error instanceof TidemarkError, String(error))
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('loses no word: each is a flag, a value, a verb, an argument, then, or a file', () => {
    const step = fc.constantFrom(
      ['filter', 'a = 1'],
      ['dedup', '-b', 'k'],
      ['tumble', '5m', '--by', 'then'],
      ['aggregate'],
    )
    const chain = fc.tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.array(fc.constantFrom('a', 'b.c', 'd')))
    fc.assert(
      fc.property(chain, ([steps, files]) => {
        const line = lex([...steps.flatMap((words, i) => (i === 0 ? words : ['then', ...words])), ...files], nothing)
        assert.ok(line.kind === 'chain')
        assert.deepEqual(line.files, files)
        const back = line.steps.map(({ verb, argument, flags }) => [
          verb.name,
          ...(argument === undefined ? [] : [argument]),
          ...flags.flatMap(({ written, value }) => [written, value]),
        ])
        assert.deepEqual(back, steps)
      }),
    )
  })
})

describe('the definitions', () => {
  test('one name never has two scopes', () => {
    const names = ALL_FLAGS.filter(({ verb }) => verb === undefined).flatMap(namesOf)
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    )
  })

  test('no two flags that may stand together share a letter', () => {
    for (const verb of VERBS) {
      const here = ALL_FLAGS.filter(({ scope, name }) => scope === 'job' || verb.flags.includes(name))
      const letters = here.flatMap(({ short }) => short ?? [])
      assert.equal(new Set(letters).size, letters.length, verb.name)
    }
  })

  test('every flag that a verb or a command names is defined, with the right scope', () => {
    for (const { name, flags } of VERBS)
      for (const flag of flags) assert.match(findFlag(flag)?.scope ?? 'missing', /^step/, `${name} --${flag}`)
    for (const { flags } of COMMANDS)
      for (const flag of flags) assert.match(findFlag(flag)?.scope ?? 'missing', /^(?:command|job)$/, flag)
  })

  test('every step flag belongs to a verb, and no command has the name of a verb', () => {
    for (const { scope, name } of ALL_FLAGS)
      if (scope.startsWith('step'))
        assert.ok(
          VERBS.some(({ flags }) => flags.includes(name)),
          name,
        )
    assert.deepEqual(
      COMMANDS.filter(({ name }) => VERBS.some((verb) => verb.name === name)),
      [],
    )
  })
})
