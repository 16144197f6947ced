import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Reads all of a database, and puts it in order, which reads it once more: what LevelDB would do sooner or later. */
const PROBE = `
const { ClassicLevel } = require('classic-level')
const level = new ClassicLevel(process.argv[1], { createIfMissing: false, valueEncoding: 'buffer' })
const read = async () => {
  await level.open()
  for await (const entry of level.iterator()) entry
  await level.compactRange('', '\\u{10ffff}')
}
read().catch(() => {}).finally(() => process.exit(0))
`

/**
 * Can LevelDB work with the database in `folder`, be it well or with an error? Where it holds damaged tables LevelDB may end the process that asks, so
 * another one is sent first.
 */
export async function survivesDatabase(folder: string): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  // packages are looked for from the working folder upwards
  const cwd = dirname(realpathSync(process.argv[1]!))
  const child = spawn(process.execPath, ['-e', PROBE, resolve(folder)], { cwd, stdio: 'ignore' })
  return new Promise((done) => {
    child.on('error', () => done(false))
    child.on('exit', (status) => done(status === 0))
  })
}
