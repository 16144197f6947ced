import type { PageWrite, Store } from '../../src/state/store.ts'
import { rootRecord } from './root-record.ts'
import { type Contents, write } from './state-harness.ts'

/** Epochs whose contents go by their number, so that whoever finds one knows what has to be in it. */
export const MODEL_STRUCTURES = ['dedup keys', 'tumble keys', 'tumble panes']

/** Every so often an epoch fills more than one batch. */
export interface ModelSize {
  /** Pages of an epoch that fills several batches; 0: none does. */
  readonly manyPages: number
}
const MANY_EVERY = 5
const MANY_BYTES = 20_000

function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed * 0x9e3779b1
  for (;;) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    yield (mixed ^ (mixed >>> 14)) >>> 0
  }
}

export function modelWrites(epoch: number, { manyPages }: ModelSize): readonly PageWrite[] {
  const numbers = randomNumbers(epoch)
  const next = (below: number) => numbers.next().value % below
  const writes = new Map<string, PageWrite>()
  const isMany = manyPages > 0 && epoch % MANY_EVERY === 0
  for (let i = isMany ? manyPages : 1 + next(6); i > 0; i -= 1) {
    const place = `${MODEL_STRUCTURES[next(MODEL_STRUCTURES.length)]} ${next(isMany ? 2 * manyPages : 12)}`
    const text = `${epoch} ${place} `
    const isDeletion = next(4) === 0
    writes.set(place, write(place, isDeletion ? null : text.padEnd(isMany ? MANY_BYTES : next(3000), text)))
  }
  return [...writes.values()]
}

/** Follows the epochs; `at` must not go back. */
export class Model {
  readonly #size: ModelSize
  #epoch = 0
  readonly #pages = new Map<string, string>()

  constructor(size: ModelSize) {
    this.#size = size
  }

  at(epoch: number): Contents {
    while (this.#epoch < epoch) {
      this.#epoch += 1
      for (const { operator, structure, page, bytes } of modelWrites(this.#epoch, this.#size)) {
        const place = `${operator} ${structure} ${page}`
        if (bytes === null) this.#pages.delete(place)
        else this.#pages.set(place, Buffer.from(bytes).toString())
      }
    }
    return { epoch, pages: Object.fromEntries(this.#pages) }
  }
}

export async function writeModelEpoch(store: Store, epoch: number, size: ModelSize): Promise<void> {
  const pages = modelWrites(epoch, size)
  const half = pages.length >> 1
  await store.writePages(epoch, pages.slice(0, half))
  await store.writePages(epoch, pages.slice(half))
  await store.writeRoot(rootRecord(epoch, { sequence: epoch }))
  if (epoch % 3 === 0) await store.confirm(epoch)
}
