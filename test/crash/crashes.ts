import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('./crash-child.js', import.meta.url))
/** Restarts after which something is wrong. */
const MOST_STARTS = 2_000

/** A folder of its own for one job that is started again and again; `{}` in its words stands for it. */
export class CrashJob {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-crash-'))
  starts = 0
  readonly #words: readonly string[]
  readonly #files: readonly string[]

  /** `files`: what the job writes into its folder, to be compared. */
  constructor(words: readonly string[], files: readonly string[]) {
    this.#words = words.map((word) => word.replaceAll('{}', this.folder))
    this.#files = files
  }

  /** Runs it once; kills it at the given moment of its checkpoints (0: never) or after so many ms. */
  async start(how: { readonly moment?: number; readonly ms?: number }): Promise<Start> {
    this.starts += 1
    if (this.starts > MOST_STARTS) throw new Error(`the job does not come to its end: ${this.#words.join(' ')}`)
    const child = spawn(process.execPath, [CHILD, String(how.moment ?? 0), ...this.#words], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    const timer = how.ms === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), how.ms)
    const said = { stderr: '', passed: '' }
    child.stderr!.on('data', (chunk: Buffer) => {
      said.stderr += chunk
    })
    child.stdio[3]!.on('data', (chunk: Buffer) => {
      said.passed += chunk
    })
    const [exit, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.once('close', (code, by) => resolve([code, by]))
    })
    clearTimeout(timer)
    return { wasKilled: signal === 'SIGKILL', exit, stderr: said.stderr, moments: Number(said.passed) }
  }

  /** Until it comes to its end by itself. */
  async finish(): Promise<Start> {
    const last = await this.start({})
    if (last.exit !== 0) throw new Error(`exit ${last.exit}: ${last.stderr}`)
    return last
  }

  outcome(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#files.map((name) => {
        const path = join(this.folder, name)
        return [name, existsSync(path) ? readFileSync(path, 'utf8') : '']
      }),
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface Start {
  readonly wasKilled: boolean
  readonly exit: number | null
  readonly stderr: string
  /** How many moments to die a run that was not killed has passed. */
  readonly moments: number
}
