import { spawn } from 'node:child_process'
import type { Case, Outcome } from './case-file.ts'
import { shellWords } from './shell-words.ts'
import { binaryOnPath, inWorkplace, readOut } from './workplace.ts'

const PATH = `${binaryOnPath()}:${process.env['PATH']}`
/** Longer than any case takes on a busy machine, ms. */
const PATIENCE = 30_000

/** Runs a case through the real binary, as a user would: its own process, pipes for all three streams. */
export function runBinary(one: Case): Promise<Outcome> {
  return inWorkplace(one, async (folder) => {
    const [command, ...words] = one.run.startsWith('$')
      ? ['sh', '-c', one.run.slice(1).trim()]
      : ['tidemark', ...shellWords(one.run)]
    // the zone must not matter: results never read TZ
    const env = { PATH, HOME: folder, TZ: 'Asia/Kathmandu' }
    const child = spawn(command!, words, { cwd: folder, env, timeout: PATIENCE, killSignal: 'SIGKILL' })
    const texts = Promise.all([text(child.stdout), text(child.stderr)])
    child.stdin.on('error', () => {}) // a command that needs no input leaves before it has read it
    child.stdin.end(one.stdin)
    const exit = await new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => (code === null ? reject(new Error(`ended by ${signal}`)) : resolve(code)))
    })
    const [stdout, stderr] = await texts
    return { stdout, stderr, exit, out: readOut(one, folder) }
  })
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
