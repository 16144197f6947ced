import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { bundleChild, CrashJob } from './crashes.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-kills-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Rows out of order, some late, some bad, some twice. */
function input(rows: number): string {
  const lines: string[] = []
  for (let i = 0; i < rows; i += 1) {
    const behind = i % 17 === 0 ? 900_000 : (i * 7_919) % 5_000
    const ts = 1_714_557_600_000 + i * 2_000 - behind
    lines.push(
      i % 23 === 5
        ? `{"ts":${ts},"k":`
        : `{"ts":${ts},"k":"k${(i * 31) % 7}","id":${i - (i % 5 === 0 ? 3 : 0)},"x":${i / 4}}`,
    )
  }
  return `${lines.join('\n')}\n`
}

const path = join(folder, 'in.ndjson')
writeFileSync(path, input(240))

const FILES = ['out.ndjson', 'late.ndjson', 'bad.ndjson']
const SINKS = ['-o', '{}/out.ndjson', '--late', '{}/late.ndjson', '--on-error', '{}/bad.ndjson']
const STATE = ['--state', '{}/st', '--checkpoint-interval', 'rows:120']
const words = (verb: readonly string[]) => ['-t', 'ts', '-w', '5s', ...SINKS, ...STATE, ...verb, path]

/** Every verb that keeps state. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  tumble: ['tumble', '1m', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total, min(id), count(DISTINCT id) AS ids'],
  hop: ['hop', '1m', '--every', '20s', '-b', 'k', '-a', 'count(*) AS n, avg(x) AS mean'],
  cumulate: ['cumulate', '1m', '--step', '20s', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total'],
  'dedup first': ['dedup', '-b', 'id', '--within', '1m'],
  'dedup last': ['dedup', '-b', 'id', '--within', '1m', '--keep', 'last'],
  ordered: ['--ordered', 'tumble', '1m', '-b', 'k', '-a', 'sum(x) AS total, first_value(id) AS first'],
  'interval join': ['join', '--with', path, '--as', 'r', '--on', 'k', '--between', '0s,5s', '--kind', 'left'],
  'count window': ['count-window', '5', '--slide', '2', '-b', 'k', '-a', 'sum(x) AS total, min(id) AS least'],
  'window join': ['join', '--with', path, '--as', 'r', '--on', 'id', '--window', '20s', '--kind', 'full'],
  'temporal join': ['join', '--with', path, '--as', 'r', '--on', 'k', '--as-of', '--kind', 'left'],
  'regular join': [
    'join',
    '--with',
    path,
    '--as',
    'r',
    '--on',
    'id',
    '--unbounded',
    '--kind',
    'left',
    '--state-ttl',
    '1m',
  ],
  sort: ['sort', '--order-by', 'x DESC'],
  match: [
    'match',
    '-b',
    'k',
    '--pattern',
    'A ->> B[within 20s] -> !C within 30s',
    '--skip',
    'no-skip',
    '--define',
    'A: x > 3',
    '--timeout',
    '{}/open.ndjson',
  ],
  top: ['tumble', '1m', '-b', 'k', 'then', 'top', '2', '--order-by', 'count, k'],
  'top that forgets': ['top', '2', '-b', 'k', '--order-by', 'x', '--rank', 'r', '--state-ttl', '30s'],
  'count window that forgets': ['count-window', '3', '-b', 'k', '-a', 'sum(x) AS total', '--state-ttl', '11s'],
  'top as it changes': ['top', '3', '-b', 'k', '--order-by', 'x', '--rank', 'r', '--emit', 'changes'],
  over: ['over', 'sum(x) AS s, max(id) AS most, lag(id, 2) AS before', '-b', 'k', '--rows', '5'],
  aggregate: ['aggregate', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total', '--emit', 'changes'],
  'session every': ['session', '1m', '-b', 'k', '-a', 'count(*) AS n, sum(x) AS total', '--emit', 'every:30s'],
  split: [
    'split',
    "k = 'k3'",
    '--to',
    '{}/side.ndjson',
    'then',
    'tee',
    '{}/all.ndjson',
    'then',
    'tumble',
    '1m',
    '-b',
    'k',
  ],
  'two steps': ['dedup', '-b', 'id', '--within', '1m', 'then', 'tumble', '30s', '-b', 'k'],
}

/** What the verb writes besides. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  split: ['side.ndjson', 'all.ndjson'],
  match: ['open.ndjson'],
}

/** Steps for which no row is late. */
const NEVER_LATE: ReadonlySet<string> = new Set([
  'aggregate',
  'regular join',
  'count window',
  'count window that forgets',
  'top as it changes',
  'top that forgets',
])

/** Moments between two kills. */
const EVERY: Readonly<Record<string, number>> = { 'two steps': 1, match: 7 }

describe('a job killed with SIGKILL', { concurrency: 2 }, async () => {
  const child = await bundleChild()
  for (const [name, verb] of Object.entries(VERBS)) {
    const every = EVERY[name] ?? 3
    const files = [...FILES, ...(MORE[name] ?? [])]
    test(`${name}: at every ${every === 1 ? '' : `${every}${every === 3 ? 'rd' : 'th'} `}moment of its checkpoints gives what it gives undisturbed`, async () => {
      const whole = new CrashJob(child, words(verb), files)
      const { moments, exit, stderr } = await whole.start({})
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const undisturbed = whole.outcome()
      whole.remove()
      assert.ok(moments > 30, `${moments} moments`)
      for (const file of files)
        assert.ok(undisturbed[file] !== '' || (file === 'late.ndjson' && NEVER_LATE.has(name)), `${file} is empty`)
      for (let moment = 1 + (name.length % every); moment <= moments; moment += every) {
        const job = new CrashJob(child, words(verb), files)
        const { wasKilled } = await job.start({ moment })
        assert.ok(wasKilled)
        await job.finish()
        assert.deepEqual(job.outcome(), undisturbed, `killed at moment ${moment}`)
        job.remove()
      }
    })
  }

  test('a pipe that is given again is gone on with, by every kill anew', async () => {
    const stdin = input(2_400)
    const line = words([...VERBS['two steps']!, '--replay']).slice(0, -1)
    const whole = new CrashJob(child, line, FILES, stdin)
    const { moments } = await whole.start({})
    const undisturbed = whole.outcome()
    whole.remove()
    assert.ok(moments > 40, `${moments} moments`)
    const job = new CrashJob(child, line, FILES, stdin)
    let kills = 0
    for (; (await job.start({ moment: 18 + (kills % 3) })).wasKilled; kills += 1) assert.ok(kills < moments)
    assert.ok(kills > 2, `${kills} kills`)
    assert.deepEqual(job.outcome(), undisturbed)
    job.remove()
  })

  for (const [one, other] of [
    ['reference', 'kernel'],
    ['kernel', 'reference'],
  ] as const) {
    test(`a checkpoint of the ${one} scanner goes on under the ${other} scanner`, async () => {
      const verb = words([...VERBS['two steps']!])
      const whole = new CrashJob(child, verb, FILES)
      await whole.finish()
      const undisturbed = whole.outcome()
      whole.remove()
      const job = new CrashJob(child, verb, FILES)
      const { wasKilled } = await job.start({ moment: 30, before: ['--scanner', one] })
      assert.ok(wasKilled)
      await job.finish('--scanner', other)
      assert.deepEqual(job.outcome(), undisturbed)
      job.remove()
    })
  }
})
