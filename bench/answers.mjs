// Are two outputs the same? Byte for byte, or, where a peer prints rows in its own way and order, as sets of rows.
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'

const CHUNK = 1 << 20

/** SHA-256 of a file, without holding it. */
export function digest(path) {
  const hash = createHash('sha256')
  const bytes = Buffer.allocUnsafe(CHUNK)
  const file = openSync(path, 'r')
  for (let got = readSync(file, bytes); got > 0; got = readSync(file, bytes)) hash.update(bytes.subarray(0, got))
  closeSync(file)
  return hash.digest('hex')
}

/** Where two files first differ: the line of each. */
export function firstDifference(a, b) {
  const lines = [a, b].map((path) => {
    const bytes = Buffer.alloc(Math.min(statSync(path).size, 256 << 20))
    const file = openSync(path, 'r')
    readSync(file, bytes)
    closeSync(file)
    return bytes.toString('latin1').split('\n')
  })
  const at = lines[0].findIndex((line, i) => line !== lines[1][i])
  if (at < 0) return 'behind the first 256 MiB'
  return `line ${at + 1}\n  ${lines[0][at]}\n  ${lines[1][at]}`
}

function* linesOf(path) {
  const bytes = Buffer.allocUnsafe(CHUNK)
  const decoder = new TextDecoder()
  const file = openSync(path, 'r')
  let rest = ''
  for (let got = readSync(file, bytes); got > 0; got = readSync(file, bytes)) {
    const lines = (rest + decoder.decode(bytes.subarray(0, got), { stream: true })).split('\n')
    rest = lines.pop()
    yield* lines
  }
  closeSync(file)
  if (rest !== '') yield rest
}

/** A row without what a program may choose: white space, the form of numbers, a time as text or as ms since 1970. */
function canonical(line) {
  const row = JSON.parse(line)
  for (const name of ['window_start', 'window_end']) {
    if (typeof row[name] === 'string') row[name] = Date.parse(row[name])
  }
  return JSON.stringify(row)
}

/** Two hashes of a text, 32 bits each (FNV-1a, and a variant of it). */
function textHashes(text) {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b)
    b ^= b >>> 15
  }
  return [a >>> 0, b >>> 0]
}

/** Equal for two files with the same rows, whatever their order: how many there are and the sums of their hashes. */
export function rowSet(path) {
  let count = 0
  const sums = [0, 0]
  for (const line of linesOf(path)) {
    count += 1
    const hashes = textHashes(canonical(line))
    sums[0] = (sums[0] + hashes[0]) % Number.MAX_SAFE_INTEGER
    sums[1] = (sums[1] + hashes[1]) % Number.MAX_SAFE_INTEGER
  }
  return `${count} rows, hashes ${sums.join(' ')}`
}
