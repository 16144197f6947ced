// Compiles dist/program.cjs and dist/more.cjs and keeps the compiled code beside them, for the Node that runs this. V8 compiles a function when it is first
// called: so the program does some small jobs first, and what they called is kept.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const ROWS = ['2024-05-01T10:00:00Z', '2024-05-01T10:00:30.5Z', '2024-05-01T10:06:00Z', '2024-05-01T10:20:00Z']
  .map((ts, i) => JSON.stringify({ ts, id: `a${i % 3}`, kind: i % 2 ? 'view' : 'buy', amount: i * 1.25, ok: i > 1 }))
  .map((row) => `${row}\n`)
  .join('')

const TIMED = ['--time', 'ts', '--watermark-delay', '5s', '--late', 'drop']
const AGGREGATES = ['--by', 'kind', '--agg', 'count(*) AS n, sum(amount) AS total, max(amount) AS most']

/** Each with the file of rows at its end. */
const JOBS = {
  program: [
    ['filter', "kind = 'buy' AND amount > 1"],
    ['filter', 'amount >= 1 OR ok', 'then', 'select', 'id, amount * 2 AS twice, upper(kind) AS kind'],
    [...TIMED, 'tumble', '5m', ...AGGREGATES],
    [...TIMED, 'filter', 'id IS NOT NULL', 'then', 'hop', '10m', '--every', '5m', ...AGGREGATES],
    [...TIMED, 'dedup', '--by', 'id', '--within', '10m'],
  ],
  more: [
    [...TIMED, 'session', '1m', ...AGGREGATES],
    [...TIMED, 'sort', 'then', 'top', '2', '--by', 'kind', '--order-by', 'amount'],
    [...TIMED, 'over', 'sum(amount) AS total', '--by', 'kind', '--rows', '5'],
    [
      ...TIMED,
      'match',
      '--by',
      'kind',
      '--pattern',
      'A B',
      '--define',
      'A: amount > 0',
      '--define',
      'B: ok',
      '--within',
      '5m',
    ],
  ],
}

/** Writes the compiled code and returns its files' names. `loader` is load-program.ts as CommonJS. */
export async function writeCodeCache(dist, loader) {
  const { compileProgram, codeCacheName } = evaluate(loader, dist)
  const folder = mkdtempSync(join(dist, 'code-cache-'))
  try {
    const rows = join(folder, 'rows.ndjson')
    writeFileSync(rows, ROWS)
    const { program, scripts } = compileProgram(() => undefined)
    const written = []
    // one chunk after the other: what only the jobs of the second need of the first would cost the small ones
    for (const [chunk, jobs] of Object.entries(JOBS)) {
      for (const job of jobs) {
        const status = await program.runProcess([...job, '--output', join(folder, 'out.ndjson'), rows], () => {})
        if (status !== 0) throw new Error(`the built program fails: tidemark ${job.join(' ')}`)
      }
      writeFileSync(join(folder, 'code'), scripts.get(chunk).createCachedData())
      const name = codeCacheName(chunk)
      // in one step: a run that starts meanwhile must not read half of it
      renameSync(join(folder, 'code'), join(dist, name))
      written.push(name)
    }
    return written
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A module that lives in the folder of the program. */
function evaluate(text, folder) {
  const module = { exports: {} }
  const run = new Function('module', 'exports', 'require', '__dirname', text)
  run(module, module.exports, createRequire(join(folder, 'main.cjs')), folder)
  return module.exports
}
