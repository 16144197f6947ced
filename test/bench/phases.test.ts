import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from '../repository.ts'

interface Phases {
  phaseTimes(profile: object, kernel: ReadonlyMap<number, string>): Readonly<Record<string, number>>
}

const { phaseTimes } = (await import(pathToFileURL(`${REPOSITORY}/bench/phases.mjs`).href)) as Phases
const kernel = new Map([
  [3, 'src/formats/json/kernel/walk/walk'],
  [4, 'src/formats/json/kernel/dictionary/intern'],
])

/** A profile in which each stack, outermost function first, was seen for as many µs as its place in the list, from 1 on. */
function profileOf(...stacks: readonly (readonly (readonly [name: string, file: string])[])[]) {
  const nodes: { id: number; callFrame: { functionName: string; url: string }; children: number[] }[] = []
  const add = (functionName: string, url: string) => {
    nodes.push({ id: nodes.length + 1, callFrame: { functionName, url }, children: [] })
    return nodes.at(-1)!
  }
  const root = add('(root)', '')
  const samples = stacks.map((stack) => {
    let node = root
    for (const [name, file] of stack) {
      const inner = add(name, file === '' || file.includes(':') ? file : `file:///x/build/src/${file}`)
      node.children.push(inner.id)
      node = inner
    }
    return node.id
  })
  return { nodes, samples, timeDeltas: stacks.map((_stack, i) => i + 1) }
}

const LOOP = ['next', 'job/rounds.js'] as const
const SCANNER = ['scan', 'formats/json/kernel-scanner.js'] as const

test('time counts for the innermost function that belongs to a room, from the first scan on', () => {
  const found = phaseTimes(
    profileOf(
      [['parse', 'cli/run-chain.js']],
      [LOOP, SCANNER, ['wasm-function[3]', 'wasm://wasm/1']],
      [LOOP, SCANNER, ['wasm-function[4]', 'wasm://wasm/1']],
      [LOOP, ['read', 'sources/file.js'], ['read', '']],
      [LOOP, ['add', 'operators/window-aggregate.js'], ['get', 'data/column.js'], ['toString', '']],
      [LOOP, ['(garbage collector)', '']],
      [['(idle)', '']],
      [LOOP],
    ),
    kernel,
  )
  const others = { stamp: 0, output: 0, write: 0 }
  assert.deepEqual(found, { ...others, scan: 2, intern: 3, read: 4, operator: 5, gc: 6, loop: 8 })
})

test('a dictionary interns for a scanner, and is part of the writer that asks it for a text', () => {
  const dictionary = ['text', 'formats/json/kernel-dictionary.js'] as const
  const found = phaseTimes(
    profileOf(
      [SCANNER],
      [SCANNER, dictionary],
      [['write', 'formats/json/row-writer.js'], dictionary, ['utf8Slice', '']],
    ),
    kernel,
  )
  assert.deepEqual([found['scan'], found['intern'], found['output']], [1, 2, 3])
})
