import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { runCommandLine } from '../../src/cli/run-line.ts'
import { systemWorld } from '../../src/cli/system-world.ts'
import { REPOSITORY } from '../repository.ts'

/** One file starts several times as fast as all the modules of the tests. */
export async function bundleChild(
  entry = fileURLToPath(new URL('./crash-child.js', import.meta.url)),
  name = 'crash-child.mjs',
): Promise<string> {
  const outfile = join(REPOSITORY, 'build', name) // where its packages are found
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['classic-level', '*/live/screen.js'], // the live view is never drawn here
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    outfile,
    logLevel: 'error',
  })
  return outfile
}

/** A folder of its own for one job that is killed and started again; `{}` in its words stands for it. */
export class CrashJob {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidemark-crash-'))
  readonly #child: string
  readonly #words: readonly string[]
  readonly #files: readonly string[]
  readonly #stdin: string | null

  /** `files`: what the job writes into its folder, to be compared. `stdin`: given to every start by a pipe; null: nothing is. */
  constructor(child: string, words: readonly string[], files: readonly string[], stdin: string | null = null) {
    this.#child = child
    this.#stdin = stdin
    this.#words = words.map((word) => word.replaceAll('{}', this.folder))
    this.#files = files
  }

  /** Runs it in a process of its own, with words before its own; kills it at the given moment of its checkpoints (0: never). */
  async start(how: { readonly moment?: number; readonly before?: readonly string[] }): Promise<Start> {
    const words = [this.#child, String(how.moment ?? 0), ...(how.before ?? []), ...this.#words]
    const child = spawn(process.execPath, words, {
      stdio: [this.#stdin === null ? 'ignore' : 'pipe', 'ignore', 'pipe', 'pipe'],
    })
    child.stdin?.on('error', () => {}) // it may be killed before it has read all
    child.stdin?.end(this.#stdin)
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
    return { wasKilled: signal === 'SIGKILL', exit, stderr: said.stderr, moments: Number(said.passed) }
  }

  /** Starts it again, in this process (in one of its own where it reads a pipe), with words before its own, and lets it come to its end. */
  async finish(...before: readonly string[]): Promise<void> {
    if (this.#stdin !== null) {
      const { exit, stderr } = await this.start({ before })
      if (exit !== 0) throw new Error(`exit ${exit}: ${stderr}`)
      return
    }
    const said: string[] = []
    const world = { ...systemWorld(new AbortController().signal), stderr: (text: string) => void said.push(text) }
    const { exit } = await runCommandLine([...before, ...this.#words], world)
    if (exit !== 0) throw new Error(`exit ${exit}: ${said.join('')}`)
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
