import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { binaryOnPath } from '../cases/workplace.ts'

const PATH = `${binaryOnPath()}:${process.env['PATH']}`
/** No test waits longer for anything, ms. A process that is still there then is killed, and its test fails. */
const PATIENCE = 20_000

/** How a process ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** null: a signal that it did not handle. */
  readonly exit: number | null
}

/** A process under test. Its streams are sockets if nothing else is said, as Node makes them; `shell` has real pipes. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''
  #waiting: (() => void)[] = []

  constructor(child: ChildProcess) {
    this.child = child
    child.stdin?.on('error', () => {}) // it may leave before it has read all
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#tell()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#tell()
    })
    const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    this.ended = new Promise((resolve) =>
      child.on('close', (exit) => {
        clearTimeout(killer)
        resolve({ stdout: this.#stdout, stderr: this.#stderr, exit })
        this.#tell()
      }),
    )
  }

  /** What has come out so far. */
  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  send(text: string | Buffer): void {
    this.child.stdin!.write(text)
  }

  end(text: string | Buffer = ''): Promise<Ended> {
    this.child.stdin!.end(text)
    return this.ended
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }

  /** Waits until standard output holds so many lines, and returns it. */
  async lines(count: number): Promise<string> {
    await this.until(() => this.#stdout.split('\n').length > count, `${count} lines`)
    return this.#stdout
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    let isOver = false
    this.ended.then(() => {
      isOver = true
    })
    while (!isSo()) {
      if (isOver) throw new Error(`ended before ${what} came; stdout: ${this.#stdout}, stderr: ${this.#stderr}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
  }
}

const environment = () => ({ ...process.env, PATH, NODE_TEST_CONTEXT: undefined })

/** `tidemark` with these words. */
export const start = (words: readonly string[], options: SpawnOptions = {}): Running =>
  new Running(spawn('tidemark', words, { env: environment(), ...options }))

/** A line of bash, in which `tidemark` is the binary of this checkout. It ends with the status of the last command that failed in a pipe. */
export const shell = (line: string, options: SpawnOptions = {}): Running =>
  new Running(spawn('bash', ['-c', `set -o pipefail; ${line}`], { env: environment(), ...options }))

/** A directory for a test file's own files; removed at the end. */
export function workFolder(): { readonly folder: string; readonly at: (name: string) => string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-process-'))
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
  return { folder, at: (name) => path.join(folder, name) }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A row whose event time is so many seconds, to the millisecond, after a fixed full hour (2024-05-01T10:00:00Z). */
export const row = (seconds: number, more: object = {}): string =>
  `${JSON.stringify({ ts: 1_714_557_600_000 + Math.round(seconds * 1000), ...more })}\n`

/** Reads a figure of /proc/PID/status, in bytes: VmRSS, VmHWM. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024
}

/** Waits until a process has used no processor time for a while: it has done all it can, and waits. */
export async function untilQuiet(pid: number): Promise<void> {
  const ticks = () => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).join()
  for (let last = '', same = 0; same < 3; ) {
    await sleep(60)
    const now = ticks()
    same = now === last ? same + 1 : 0
    last = now
  }
}
