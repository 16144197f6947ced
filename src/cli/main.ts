import { enableCompileCache } from './compile-cache.ts'
import { watchSignals } from './signals.ts'
import { version } from './version.ts'

const words = process.argv.slice(2)
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  process.stdout.write(`tidemark ${version()}\n`) // asked by scripts at every start: not worth loading the rest for
} else {
  enableCompileCache()
  const signals = watchSignals((status) => process.exit(status))
  const [{ runCommandLine }, { systemWorld }] = await Promise.all([
    import('./run-line.ts'),
    import('./system-world.ts'),
  ])
  const { exit } = await runCommandLine(words, systemWorld(signals.signal))
  process.exit(signals.exitStatus ?? exit)
}
