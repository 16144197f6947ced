import { reserveKernelMemory } from '../formats/json/kernel-memory.ts'
import { loadProgram } from './load-program.ts'
import { writeVersion } from './version.ts'

const words = process.argv.slice(2)
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  writeVersion() // asked by scripts at every start: not worth loading the rest for
} else {
  reserveKernelMemory() // while the heap is small
  const { runProcess } = loadProgram()
  void runProcess(words, (status) => process.exit(status)).then((status) => process.exit(status))
}
