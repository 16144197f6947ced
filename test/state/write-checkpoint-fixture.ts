// Makes fixtures/checkpoints/v1 anew: `node build/test/state/write-checkpoint-fixture.js`. Only before the first release of a format: afterwards what stands
// there is what users have.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { createStructures } from '../../src/operators/stored-structures.ts'
import { savepointText } from '../../src/state/savepoint.ts'
import { CaseWorld } from '../cases/case-world.ts'
import { FIXTURE, type FixtureRun, readAll } from './checkpoint-fixture.ts'
import { inFolder, openState } from './state-harness.ts'

const AGGREGATES =
  'count(*) AS n, sum(bytes) AS bytes, avg(ms) AS ms, max(ms) AS slowest, first_value(user) AS first, count(DISTINCT user) AS users, min(note) AS note'
const WORDS = [
  '-t',
  'ts',
  '-w',
  '20s',
  'dedup',
  '-b',
  'id',
  '--within',
  '5m',
  'then',
  'tumble',
  '1m',
  '-b',
  'path',
  '-a',
  AGGREGATES,
]
/** The first death leaves a log that the next start turns into a table, the second ends the run. */
const DEATHS = [4, 8]
const ROWS = 70
const PATHS = ['/', '/cart', '/größe', null, 7]
const NOTES = ['slow', 'ü"\\\n', null, 'ok']

/** Repeats, rows out of order, keys of several types, values that are missing. */
function inputText(): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const ts = new Date(Date.UTC(2024, 4, 1, 10) + i * 3000 - (i % 4) * 4000).toISOString()
    const row = {
      ts,
      id: `e${i % 9 === 8 ? i - 3 : i}`,
      path: PATHS[i % 5],
      bytes: (i * 37) % 1000,
      ms: (i * 7919) % 97,
      user: `u${i % 6}`,
    }
    return JSON.stringify(i % 7 === 6 ? row : { ...row, note: NOTES[i % 4] })
  })
  return `${rows.join('\n')}\n`
}

rmSync(FIXTURE, { recursive: true, force: true })
mkdirSync(FIXTURE, { recursive: true })
process.chdir(FIXTURE)
writeFileSync('input.ndjson', inputText())
const words = [...WORDS, 'input.ndjson']
writeFileSync('run.json', `${JSON.stringify({ words, epoch: DEATHS.at(-1)! } satisfies FixtureRun, null, 2)}\n`)

let world: CaseWorld | null = null
for (const death of DEATHS) {
  const state = await openState('st', {
    command: `tidemark ${words.join(' ')}`,
    onStep: (step, epoch) => {
      if (step === 'after confirm' && epoch === death) throw new Error('dies')
    },
  })
  const one = { files: { 'input.ndjson': inputText() }, terminal: [], stdin: '' } as never
  const next: CaseWorld = new CaseWorld(one, { batchRows: 6, store: state.store })
  if (world) {
    const sink = await next.openOutput({ kind: 'stdout' }, { append: false, segments: null, incarnation: null })
    sink.write(Buffer.from(world.stdout))
  }
  world = next
  await runCommandLine(words, world)
  await state.close()
}
writeFileSync('before.ndjson', world!.stdout)
for (const name of ['LOG', 'LOG.old', 'LOCK']) rmSync(`st/db/${name}`, { force: true })
await inFolder(async (folder) => {
  cpSync('st', `${folder}/st`, { recursive: true })
  const copy = await openState(`${folder}/st`, { mode: 'read' })
  writeFileSync('pages.json', `${JSON.stringify(await readAll(copy.store), null, 1)}\n`)
  const root = (await copy.store.root())!
  const pages = copy.store.pages.bind(copy.store)
  let savepoint = ''
  for await (const piece of savepointText({ root, pages, release: '0', create: createStructures })) savepoint += piece
  writeFileSync('savepoint.ndjson', savepoint)
  await copy.close()
})
