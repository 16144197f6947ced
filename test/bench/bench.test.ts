import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { REPOSITORY } from '../repository.ts'

function bench(...words: string[]) {
  const options = { cwd: REPOSITORY, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/main.mjs', ...words], options)
  return { status, stdout, stderr }
}

/** The cells of each line of the table, under the titles. */
function table(stdout: string): readonly Readonly<Record<string, string>>[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('|'))
  const [titles, , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [titles![i]!, cell])))
}

test('every query of the benchmark gives the bytes and counts of a plain JSON.parse program, with either scanner', () => {
  const { status, stdout, stderr } = bench('--rows', '6000', '--runs', '1', '--peers', '', '--no-limits')
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.deepEqual(
    table(stdout).map(({ query }) => query),
    'filter tumble-few tumble-messy tumble-shuffled tumble-10k tumble-1m tumble-1m-live hop-10 session sort over match join enrich dedup'.split(
      ' ',
    ),
  )
})

test('the benchmark measures the programs that are installed, and names those that are not', () => {
  const words = ['--rows', '6000', '--runs', '1', '--only', 'tumble-messy', '--peers', 'naive,jq,mlr', '--no-limits']
  const { status, stdout, stderr } = bench(...words)
  assert.equal(stderr, '')
  assert.equal(status, 0)
  const [row] = table(stdout)
  assert.match(row!['CPU x naive']!, /^\d+\.\d$/)
  for (const [title, command] of Object.entries({ jq: 'jq', Miller: 'mlr' })) {
    const isAbsent = stdout.includes(`no ${title}: there is no command ${command}`)
    assert.match(row![`CPU x ${title}`]!, isAbsent ? /^$/ : /^\d+\.\d$/)
  }
})

test('the benchmark refuses what it does not know', () => {
  const refused = (...words: string[]) => {
    const { status, stderr } = bench(...words)
    return { status, stderr }
  }
  assert.deepEqual(refused('--rows', '0'), { status: 2, stderr: "bench: --rows is a count from 1, not '0'\n" })
  assert.match(refused('--only', 'count').stderr, /^bench: no query 'count'; there are filter, tumble-few, /)
  assert.deepEqual(refused('--peers', 'naive,awk'), {
    status: 2,
    stderr: "bench: no program 'awk'; there are naive, duckdb, jq, mlr\n",
  })
  assert.equal(refused('--fast').status, 2)
})
