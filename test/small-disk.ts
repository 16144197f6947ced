import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { cannotRun } from './skip.ts'

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly path: string
  /** `size=40m` gives it room, `ro` takes the right to write away. */
  remount(options: string): void
  unmount(): void
}

/** A file system of so many kilobytes at `path`, which is made. null: the test is over, for only root may make one, where the kernel lets it. */
export function smallDisk(test: TestContext, path: string, kilobytes: number): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    cannotRun(test, 'only root on Linux can make a small disk')
    return null
  }
  mkdirSync(path)
  const words = ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path]
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' })
  if (status !== 0) {
    cannotRun(test, `a small disk cannot be mounted: ${stderr}`)
    return null
  }
  return {
    path,
    remount: (options) => execFileSync('mount', ['-o', `remount,${options}`, path]),
    unmount: () => execFileSync('umount', [path]),
  }
}
