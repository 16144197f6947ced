import { writeSync } from 'node:fs'

declare const TIDEMARK_VERSION: string

/** From package.json, put in by the build; `0.0.0` where the sources run unbuilt. */
export const version = (): string => (typeof TIDEMARK_VERSION === 'string' ? TIDEMARK_VERSION : '0.0.0')

/** Answers `--version`. Not by `process.stdout` at once: to make it takes as long as a fifth of a bare start. */
export function writeVersion(): void {
  const line = `tidemark ${version()}\n`
  try {
    writeSync(1, line)
  } catch {
    process.stdout.write(line) // a full non-blocking pipe: the stream waits for it
  }
}
