import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { restoreFile } from '../../src/cli/restore-savepoint.ts'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { createStructures } from '../../src/operators/stored-structures.ts'
import { savepointText } from '../../src/state/savepoint.ts'
import { CaseWorld } from '../cases/case-world.ts'
import { REPOSITORY } from '../repository.ts'
import { FIXTURE } from '../state/checkpoint-fixture.ts'
import { inFolder, openState } from '../state/state-harness.ts'

after(() => process.chdir(REPOSITORY))

const AGGREGATES = [
  'count(*) AS n, sum(v) AS s, avg(v) AS a, min(k) AS lo, max(any) AS hi',
  'first_value(any) AS f, last_value(k) AS l, count(DISTINCT k) AS d, sum(DISTINCT v) AS sd, count(any) FILTER (WHERE v > 0) AS w',
]
const CHAINS: readonly (readonly string[])[] = [
  ['dedup', '-b', 'k', '--within', '20s'],
  ['dedup', '-b', 'k, any'],
  ['dedup', '-b', 'k', '--keep', 'last', '--within', '20s'],
  ['dedup', '-b', 'any', '--state-ttl', '30s'],
  [
    '--input-changelog',
    'upsert',
    '--input-key',
    'k',
    'aggregate',
    '-b',
    'any',
    '-a',
    'count(*), sum(v)',
    '--emit',
    'changes',
  ],
  ['--input-changelog', 'upsert', '--input-key', 'any, k', 'select', '*'],
  ['dedup', '-b', 'any', '--keep', 'last', '--state-ttl', '30s'],
  ['count-window', '3', '-b', 'k', '-a', AGGREGATES[0]!],
  ['count-window', '4', '--slide', '2', '-b', 'k', '-a', AGGREGATES[1]!],
  ['sort'],
  [
    'match',
    '-b',
    'k',
    '--pattern',
    'A -> B{1,2}[relaxed] C',
    '--within',
    '20s',
    '--skip',
    'no-skip',
    '--define',
    'A: v > 0',
  ],
  [
    'match',
    '-b',
    'any',
    '--pattern',
    'A+? B',
    '--define',
    'A: v > 0 AND (count(A.v) = 0 OR sum(A.v) > FIRST(A.v))',
    '--define',
    'B: k = LAST(A.k)',
    '--measures',
    'sum(A.v) AS s, B.v',
  ],
  ['join', '--with', 'in.ndjson', '--as', 'r', '--on', 'k', '--window', '10s', '--kind', 'left'],
  ['join', '--with', 'in.ndjson', '--as', 'r', '--on', 'k', '--as-of', 'then', 'select', 'k, r.v, r.any'],
  ['join', '--with', 'in.ndjson', '--as', 'r', '--on', 'k', '--unbounded', '--kind', 'full'],
  ['join', '--with', 'in.ndjson', '--on', 'any', '--unbounded', '--kind', 'semi', '--state-ttl', '9s'],
  ['join', '--with', 'in.ndjson', '--as', 'r', '--on', 'k', '--within', '5s', '--kind', 'full'],
  [
    'join',
    '--with',
    'in.ndjson',
    '--on',
    'any = k, v',
    '--between',
    '-3s,2s',
    '--kind',
    'anti',
    'then',
    'select',
    'k, any',
  ],
  ['--ordered', 'aggregate', '-b', 'k', '-a', AGGREGATES[0]!],
  ['over', `${AGGREGATES[0]!}, lag(any, 2) AS p, row_number() AS rn, rank() AS r`, '-b', 'k', '--rows', '2'],
  ['over', AGGREGATES[1]!, '-b', 'k, any', '--range', '20s'],
  ['over', `${AGGREGATES[1]!}, lag(any) AS p`, '-b', 'any', '--state-ttl', '30s'],
  ['sort', '--order-by', 'any DESC NULLS FIRST, upper(CAST(k AS STRING))', 'then', 'select', 'ts, v'],
  ['top', '2', '-b', 'k', '--order-by', 'v, any ASC', '--rank', 'r'],
  ['top', '2', '-b', 'k', '--order-by', 'v', '--emit', 'changes'],
  ['top', '2', '-b', 'k', '--order-by', 'v', '--state-ttl', '20s'],
  ['count-window', '3', '--slide', '2', '-b', 'k', '-a', AGGREGATES[0]!, '--state-ttl', '20s'],
  [
    'aggregate',
    '-b',
    'any',
    '--emit',
    'changes',
    'then',
    'top',
    '2',
    '--order-by',
    'count',
    '--rank',
    'r',
    '--emit',
    'changes',
  ],
  ['hop', '20s', '--every', '10s', '-b', 'k', 'then', 'select', 'k, count', 'then', 'top', '2', '--order-by', 'count'],
  ['tumble', '20s', '-b', 'k', '-a', AGGREGATES[0]!],
  ['hop', '30s', '--every', '10s', '-b', 'k, any', '-a', AGGREGATES[1]!],
  ['tumble', '20s', '-b', 'k', '-a', AGGREGATES[0]!, '--allowed-lateness', '10s'],
  ['session', '5s', '-b', 'k', '-a', AGGREGATES[0]!],
  ['session', '5s', '-b', 'any', '-a', AGGREGATES[1]!, '--allowed-lateness', '10s'],
  ['cumulate', '20s', '--step', '5s', '-b', 'k', '-a', AGGREGATES[0]!],
  ['aggregate', '-b', 'k', '-a', AGGREGATES[0]!, '--emit', 'changes'],
  ['aggregate', '-b', 'k', '-a', AGGREGATES[0]!, '--emit', 'every:20s'],
  ['hop', '30s', '--every', '10s', '-b', 'k', '-a', AGGREGATES[1]!, '--emit', 'every:15s'],
  ['session', '5s', '-b', 'any', '-a', AGGREGATES[1]!, '--emit', 'every:20s', '--allowed-lateness', '10s'],
  ['aggregate', '-b', 'any', '-a', AGGREGATES[1]!, '--state-ttl', '30s'],
  [
    'aggregate',
    '-b',
    'k',
    '-a',
    'sum(v) AS k2, max(any) AS any2',
    '--emit',
    'changes',
    'then',
    'aggregate',
    '-b',
    'any2',
    '-a',
    'sum(k2) AS s, min(k) AS lo, first_value(k2) AS f, count(DISTINCT k) AS d',
    '--emit',
    'changes',
  ],
  [
    'filter',
    'k IS NOT NULL',
    'then',
    'dedup',
    '-b',
    'k',
    '--within',
    '5s',
    'then',
    'tumble',
    '20s',
    '-a',
    AGGREGATES[1]!,
  ],
]

/** JSON texts, as they stand in rows: integers beyond 2^53, -0, strings that need escapes, surrogates that stand alone, nested values. */
const ANY = fc.oneof(
  fc.constantFrom(
    'null',
    '-0',
    '0',
    '1.5',
    '1e300',
    '1e999',
    '9007199254740993',
    '123456789012345678901234567890',
    'true',
  ),
  fc.constantFrom('"x"', '"ü\\"\\\\\\n"', '"\\ud800"', '"1"', '[1,{"b":1,"a":9007199254740993}]', '{"z":[],"a":1.0}'),
)
const ROW = fc.record({
  step: fc.integer({ min: -8, max: 15 }),
  k: ANY,
  any: ANY,
  v: fc.constantFrom('1', '0.1', '-0', '2.5e-7', 'null', '9007199254740993'),
})
const INPUT = fc.array(ROW, { minLength: 2, maxLength: 30 })

/** Milliseconds; whatever comes out of order is within the watermark delay, mostly. */
function textOf(rows: readonly { step: number; k: string; any: string; v: string }[]): string {
  let at = Date.UTC(2024, 4, 1, 10)
  return rows
    .map(({ step, k, any, v }) => {
      at += step * 1000
      return `{"_op":"+U","ts":${at},"k":${k},"any":${any},"v":${v}}\n`
    })
    .join('')
}

/** One run in the current folder; stdout. */
async function run(text: string, words: readonly string[]): Promise<string> {
  const world = new CaseWorld({ files: { 'in.ndjson': text }, terminal: [], stdin: '' } as never, {})
  const { exit } = await runCommandLine([...words, 'in.ndjson'], world)
  assert.equal(exit, 0, world.errors)
  return world.stdout
}

async function dump(path: string): Promise<string> {
  const state = await openState(path, { mode: 'read' })
  try {
    const root = await state.store.root()
    const pages = state.store.pages.bind(state.store)
    let text = ''
    for await (const piece of savepointText({ root: root!, pages, release: '0', create: createStructures }))
      text += piece
    return text
  } finally {
    await state.close()
  }
}

async function restore(path: string, savepoint: string): Promise<void> {
  writeFileSync(`${path}.savepoint`, savepoint)
  const state = await openState(path)
  try {
    await restoreFile(`${path}.savepoint`, { store: state.store, folder: path })
  } finally {
    await state.close()
  }
}

describe('a savepoint', () => {
  for (const chain of CHAINS) {
    test(`restored elsewhere goes on as if nothing had been: ${chain.join(' ').slice(0, 60)}`, () =>
      inFolder(async (folder) => {
        process.chdir(folder)
        let runs = 0
        await fc.assert(
          fc.asyncProperty(INPUT, fc.nat(), fc.constantFrom('reference', 'kernel'), async (rows, cut, scanner) => {
            runs += 1
            const text = textOf(rows)
            writeFileSync('in.ndjson', text)
            const words = ['-q', '--on-error', 'skip', '--late', 'drop', '-t', 'ts', '-w', '3s']
            const whole = await run(text, [...words, ...chain])
            const [here, there] = [`a${runs}`, `b${runs}`]
            const until = ['--until', `rows:${1 + (cut % (rows.length - 1))}`, '--at-eof', 'suspend']
            const first = await run(text, [...words, '--scanner', scanner, '--state', here, ...until, ...chain])
            const savepoint = await dump(here)
            await restore(there, savepoint)
            assert.equal(await dump(there), savepoint)
            assert.equal(first + (await run(text, [...words, '--state', there, ...chain])), whole)
          }),
          { numRuns: 3 },
        )
      }))
  }

  test('is taken by a changed pipeline: a step put in, and one given up', () =>
    inFolder(async (folder) => {
      process.chdir(folder)
      const text = textOf(Array.from({ length: 20 }, (_, i) => ({ step: 2, k: `${i % 4}`, any: '1', v: `${i}` })))
      writeFileSync('in.ndjson', text)
      const until = ['--until', 'rows:9', '--at-eof', 'suspend', '--state', 'a']
      const tumble = ['tumble', '20s', '-b', 'k', '-a', 'sum(v) AS s']
      const first = await run(text, ['-t', 'ts', ...until, 'dedup', '-b', 'v', 'then', ...tumble])
      writeFileSync('a.savepoint', await dump('a'))
      const begin = ['-t', 'ts', '--restore', 'a.savepoint', '--state']
      const all = await run(text, ['-t', 'ts', ...tumble])
      assert.equal(first + (await run(text, [...begin, 'b', '--allow-drop-state', ...tumble])), all)
      const filtered = ['filter', 'v >= 0', 'then', 'dedup', '-b', 'v', 'then', ...tumble]
      assert.equal(first + (await run(text, [...begin, 'c', ...filtered])), all)
    }))

  test('that is cut or changed anywhere leaves nothing behind', () =>
    inFolder(async (folder) => {
      process.chdir(folder)
      const text = textOf(Array.from({ length: 8 }, (_, i) => ({ step: 1, k: `${i % 3}`, any: '"ü"', v: '1' })))
      writeFileSync('in.ndjson', text)
      await run(text, ['-t', 'ts', '--at-eof', 'suspend', '--state', 'a', 'tumble', '1h', '-b', 'k, any'])
      const savepoint = await dump('a')
      const lines = savepoint.split('\n')
      const broken = [
        '',
        ...lines.slice(1, -1).map((_, i) => `${lines.slice(0, i + 1).join('\n')}\n`),
        ...[0.3, 0.6, 0.9].map((part) => savepoint.slice(0, Math.floor(savepoint.length * part))),
        savepoint.replace('"key":[0,', '"key":[5,'),
        savepoint.replace('"arrival":0', '"arrival":7'),
        savepoint.replace('"panes"', '"pains"'),
        `${savepoint}${lines[1]}\n`,
        lines.toSpliced(1, 1).join('\n'),
      ]
      for (const text of broken) {
        assert.notEqual(text, savepoint)
        await assert.rejects(restore('b', text), /E_SAVEPOINT|is not a whole savepoint/, text.slice(0, 60))
      }
      const state = await openState('b')
      assert.equal(await state.store.root(), undefined)
      await state.close()
      await restore('b', savepoint)
      assert.equal(await dump('b'), savepoint)
    }))

  test('of the state directory that was written in format 1 is what it was', () =>
    inFolder(async (folder) => {
      cpSync(join(FIXTURE, 'st'), `${folder}/st`, { recursive: true })
      assert.equal(await dump(`${folder}/st`), readFileSync(join(FIXTURE, 'savepoint.ndjson'), 'utf8'))
    }))
})
