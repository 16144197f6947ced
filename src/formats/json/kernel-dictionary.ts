import type { Dictionary } from '../../data/dictionary.ts'
import type { Kernel } from './kernel-module.ts'

/** An array of more texts gives its memory back when the dictionary is cleared; a smaller one is used again. */
const KEPT_TEXTS = 1 << 17

/** The texts that a kernel has interned; decoded on demand and then kept. */
export class KernelDictionary implements Dictionary {
  generation = 0
  readonly #kernel: Kernel
  readonly bytes: Buffer
  #texts: (string | undefined)[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.bytes = Buffer.from(kernel.memory.buffer)
  }

  get size(): number {
    return this.#kernel.dictionarySize()
  }

  /** Bytes of all texts together. */
  get textBytes(): number {
    return this.#kernel.dictionaryBytes()
  }

  text(id: number): string {
    const known = this.#texts[id]
    if (known !== undefined) return known
    const start = this.startOf(id)
    const end = this.endOf(id)
    const text = this.bytes.toString('utf8', start, end)
    while (this.#texts.length < id) this.#texts.push(undefined)
    this.#texts[id] = text
    return text
  }

  startOf(id: number): number {
    return this.#kernel.textAt(id)
  }

  endOf(id: number): number {
    return this.#kernel.textAt(id) + this.#kernel.textLength(id)
  }

  /** The id of a text that had to be decoded. */
  internText(text: string): number {
    const bytes = Buffer.from(text)
    const at = this.#kernel.allocate(bytes.length)
    this.bytes.set(bytes, at)
    const id = this.#kernel.intern(at, bytes.length)
    this.#kernel.release(at)
    return id
  }

  /** Forgets every text. Only between two rounds: columns of a round hold ids. */
  clear(): void {
    this.generation += 1
    this.#kernel.clearDictionary()
    if (this.#texts.length <= KEPT_TEXTS) this.#texts.fill(undefined)
    else this.#texts = []
  }
}
