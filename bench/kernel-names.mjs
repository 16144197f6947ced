// The names of the kernel's functions. What is shipped has none: they are taken from the same code compiled with them.
import assert from 'node:assert/strict'
import { compileKernel } from '../scripts/kernel.mjs'

const CODE = 10
const CUSTOM = 0
const FUNCTION_NAMES = 1

/** Reads the parts of a WebAssembly module. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
  }

  get isAtEnd() {
    return this.at >= this.bytes.length
  }

  /** LEB128, unsigned. */
  number() {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at]
      this.at += 1
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
  }

  part() {
    const length = this.number()
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  text() {
    return this.part().toString('utf8')
  }
}

/** A module's sections, in order. */
function sections(bytes) {
  const reader = new Reader(Buffer.from(bytes))
  reader.at = 8
  const found = []
  while (!reader.isAtEnd) found.push({ id: reader.number(), bytes: reader.part() })
  return found
}

function functionNames(section) {
  const reader = new Reader(section)
  const names = new Map()
  if (reader.text() !== 'name') return names
  while (!reader.isAtEnd) {
    const kind = reader.number()
    const part = new Reader(reader.part())
    if (kind !== FUNCTION_NAMES) continue
    for (let left = part.number(); left > 0; left -= 1) names.set(part.number(), part.text())
  }
  return names
}

/** Index of each function of the kernel to its name, such as `src/formats/json/kernel/dictionary/intern`. */
export async function kernelNames() {
  const named = sections(await compileKernel('--debug'))
  const plain = sections(await compileKernel())
  const codes = [named, plain].map((found) => found.find(({ id }) => id === CODE).bytes)
  assert.ok(codes[0].equals(codes[1]), 'the kernel with names is other code')
  return new Map(named.filter(({ id }) => id === CUSTOM).flatMap(({ bytes }) => [...functionNames(bytes)]))
}
