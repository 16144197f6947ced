import { enableCompileCache } from './compile-cache.ts'
import { watchSignals } from './signals.ts'
import { systemWorld } from './system-world.ts'

enableCompileCache()
const signals = watchSignals()
const { runCommandLine } = await import('./run-line.ts')
const { exit } = await runCommandLine(process.argv.slice(2), systemWorld(signals.signal))
process.exit(signals.exitStatus ?? exit)
