// Processes that write to one state directory are killed at random moments, N times; after each the last decided epoch must be whole:
// `node bench/soak/state-kills.mjs [N [FOLDER]]`, after `npm run build && npx tsc`. FOLDER: on the disk to be tried.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killWriters } from '../../build/test/state/state-kills.js'

const [kills = '1000', within = tmpdir()] = process.argv.slice(2)
const folder = mkdtempSync(join(within, 'tidemark-soak-'))
try {
  const random = (below) => Math.floor(Math.random() * below * 4)
  const epochs = await killWriters({
    path: join(folder, 'st'),
    rounds: Number(kills),
    size: { manyPages: 450 },
    random,
  })
  process.stdout.write(`${JSON.stringify({ kills: Number(kills), epochs, differences: 0 })}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
