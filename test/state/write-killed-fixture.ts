// Makes fixtures/checkpoints/v1-killed anew: `node build/test/state/write-killed-fixture.js`. Only before the first release of a format: afterwards what stands
// there is what users have.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleChild } from '../crash/crashes.ts'
import { KILLED, OUTPUTS, WORDS } from './killed-fixture.ts'

/** The moment of a checkpoint in which the root is decided and no sink has committed: late in the input, and not in its first epoch. */
const FIRST_TRY = 30

const FILES = 3
const ROWS = 60

/** Rows of one file: out of order, some late, some bad, some twice. */
function inputText(file: number): string {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const i = file * ROWS + row
    const ts = 1_714_557_600_000 + i * 2_000 - (i % 17 === 0 ? 900_000 : (i * 7_919) % 5_000)
    if (i % 23 === 5) return `{"ts":${ts},"k":`
    return `{"ts":${ts},"k":"k${(i * 31) % 5}","id":${i - (i % 5 === 0 ? 3 : 0)},"x":${i / 4},"ü":"${i}"}`
  })
  return `${lines.join('\n')}\n`
}

const child = await bundleChild()
const run = (moment: number) =>
  spawnSync(process.execPath, [child, String(moment), ...WORDS], {
    cwd: KILLED,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })

function begin(): void {
  rmSync(KILLED, { recursive: true, force: true })
  mkdirSync(join(KILLED, 'whole'), { recursive: true })
  for (let i = 0; i < FILES; i += 1) writeFileSync(join(KILLED, `in-${i + 1}.ndjson`), inputText(i))
}

begin()
run(0)
const whole = OUTPUTS.map((name) => spawnSync('cat', [join(KILLED, name)], { encoding: 'utf8' }).stdout)
const segments = join(KILLED, 'st/segments')
const waits = () =>
  spawnSync('ls', [segments], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((name) => name !== '').length
for (let moment = FIRST_TRY; ; moment += 1) {
  begin()
  if (run(moment).signal !== 'SIGKILL') throw new Error('no moment leaves rows on their way in a later epoch')
  const confirmed = spawnSync('tidemark', ['state', 'dump', 'st'], { cwd: KILLED, encoding: 'utf8' }).status === 0
  if (waits() > 0 && !confirmed) break
}
for (const [i, name] of OUTPUTS.entries()) writeFileSync(join(KILLED, 'whole', name), whole[i]!)
for (const name of ['db/LOG', 'db/LOG.old', 'db/LOCK', 'owner.json']) {
  const path = join(KILLED, 'st', name)
  if (existsSync(path)) rmSync(path)
}
