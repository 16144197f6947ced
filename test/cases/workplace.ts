import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { REPOSITORY } from '../repository.ts'
import type { Case } from './case-file.ts'

/** Calls `work` with a fresh directory that holds the case's files, and removes it afterwards. */
export async function inWorkplace<T>(
  { files }: Pick<Case, 'files'>,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-case-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the files named in `out` hold now; files that are not there are left out. */
export function readOut({ out }: Pick<Case, 'out'>, folder: string): Readonly<Record<string, string>> {
  const names = Object.keys(out).filter((name) => existsSync(join(folder, name)))
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** A directory for the PATH in which `tidemark` is this checkout's binary. Lives as long as the test process. */
export function binaryOnPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-path-'))
  symlinkSync(join(REPOSITORY, 'bin/tidemark'), join(folder, 'tidemark'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
