import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { binaryOnPath } from './cases/workplace.ts'
import { REPOSITORY } from './repository.ts'

const contrib = (path: string) => join(REPOSITORY, 'contrib', path)
const PATH = `${binaryOnPath()}:${process.env['PATH']}`
const folder = mkdtempSync(join(tmpdir(), 'tidemark-contrib-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

const rows = (...seconds: number[]) =>
  seconds.map((s) => `${JSON.stringify({ ts: 1_714_557_600_000 + s * 1000, path: '/', service: 'a' })}\n`).join('')

/** The words of a unit's ExecStart=, as systemd makes them: ${NAME} is one word, $NAME alone is cut at white space. */
function execStart(unit: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const line = /^ExecStart=(.*)$/m.exec(readFileSync(contrib(`systemd/${unit}`), 'utf8'))![1]!
  return line.split(' ').flatMap((word) => {
    const split = /^\$([A-Z_]+)$/.exec(word)
    if (split) return variables[split[1]!]!.split(/\s+/)
    return [word.replace(/\$\{([A-Z_]+)\}/g, (_, name: string) => variables[name]!)]
  })
}

function runWords([program, ...words]: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(program!, words, {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NOTIFY_SOCKET: undefined, PATH, ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const WELL = { status: 0, stdout: '', stderr: '' }

for (const unit of ['tidemark@.service', 'tidemark-cron@.service']) {
  test(`${unit}: its command goes on where the last run stopped`, () => {
    const input = at(`${unit}.ndjson`)
    const variables = {
      STATE_DIRECTORY: folder,
      TIDEMARK_JOB: '-t ts tumble 1m --by service',
      TIDEMARK_INPUT: input,
      TIDEMARK_OUTPUT: at(`${unit}.out`),
    }
    const words = execStart(unit, variables)
    writeFileSync(input, rows(0, 1, 61))
    assert.deepEqual(runWords(words), WELL)
    appendFileSync(input, rows(62, 121))
    assert.deepEqual(runWords(words), WELL)
    const counts = readFileSync(at(`${unit}.out`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { count: number }).count)
    assert.deepEqual(counts, [2, 2])
    rmSync(join(folder, 'state'), { recursive: true })
  })
}

test('the script for cron goes on where the last run stopped', () => {
  const env = { LOG: at('app.ndjson'), OUT: at('hours.ndjson'), STATE: at('hours') }
  const script = [contrib('cron/tidemark-hours')]
  writeFileSync(env.LOG, rows(0, 3600))
  assert.deepEqual(runWords(script, env), WELL)
  appendFileSync(env.LOG, rows(3700, 7300))
  assert.deepEqual(runWords(script, env), WELL)
  assert.equal(
    readFileSync(env.OUT, 'utf8')
      .match(/"count":\d+/g)!
      .join(),
    '"count":1,"count":2',
  )
})

test('units do not try again what would fail again, by the statuses of the program', () => {
  assert.match(readFileSync(contrib('systemd/tidemark@.service'), 'utf8'), /^RestartPreventExitStatus=2 5 6 7 70$/m)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

test('systemd finds nothing wrong with the units', { skip: !hasAnalyze && 'systemd-analyze is not installed' }, () => {
  for (const unit of ['tidemark@.service', 'tidemark-cron@.service', 'tidemark-cron@.timer']) {
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', contrib(`systemd/${unit}`)], {
      encoding: 'utf8',
    })
    const faults = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('tidemark'))
    assert.deepEqual(faults, [])
  }
})
