// The files of the data sets, made when they are asked for and kept under build/bench, which git ignores.
//   node bench/generate.mjs SET ROWS            prints the file's name
//   node bench/generate.mjs SET ROWS --print    prints the rows
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { chunks, SET_NAMES } from './rows.mjs'

export const FOLDER = fileURLToPath(new URL('../build/bench/', import.meta.url))

/** The file with that many rows of a set. When the generator changes, a new one is made and the old ones go. */
export function dataFile(set, rows) {
  const version = createHash('sha256')
    .update(readFileSync(fileURLToPath(new URL('rows.mjs', import.meta.url))))
    .digest('hex')
    .slice(0, 8)
  const path = join(FOLDER, `${set}-${rows}-${version}.ndjson`)
  if (existsSync(path)) return path
  mkdirSync(FOLDER, { recursive: true })
  for (const old of readdirSync(FOLDER)) {
    if (old.startsWith(`${set}-`) && old.endsWith('.ndjson') && !old.endsWith(`-${version}.ndjson`)) {
      rmSync(join(FOLDER, old))
    }
  }
  const unfinished = `${path}.${process.pid}`
  const file = openSync(unfinished, 'w')
  for (const text of chunks(set, rows)) writeSync(file, text)
  closeSync(file)
  renameSync(unfinished, path)
  return path
}

/** The files of a query (queries.mjs) with so many rows: half of them are those of the right side, where it joins two. A table has its own number of rows. */
export function inputs({ set, other, table }, rows) {
  if (table !== undefined) return { data: dataFile(set, rows), other: dataFile(table.set, Math.min(rows, table.rows)) }
  if (other === undefined) return { data: dataFile(set, rows) }
  const half = Math.ceil(rows / 2)
  return { data: dataFile(set, half), other: dataFile(other, half) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [set, count, print] = process.argv.slice(2)
  const rows = Number(count)
  if (!SET_NAMES.includes(set) || !Number.isSafeInteger(rows) || rows < 1) {
    process.stderr.write(`generate: say which set (${SET_NAMES.join(', ')}) and how many rows: flat 500000\n`)
    process.exitCode = 2
  } else if (print === '--print') {
    // the reader may have enough before the end
    await pipeline(Readable.from(chunks(set, rows)), process.stdout).catch(() => {})
  } else process.stdout.write(`${dataFile(set, rows)}\n`)
}
