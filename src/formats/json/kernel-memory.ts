import { KERNEL_PAGES } from './kernel-pages.ts'

/** The memory of a kernel. Never grows: views of it stay valid. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer
}

/** As much of `WebAssembly` as is used; Node's types do not have it. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => KernelMemory
}

/**
 * The memory for the next kernel. To reserve a gigabyte makes V8 collect all garbage, though nothing of it is touched: so it is done while
 * there is next to nothing on the heap, before the program is loaded, and what a kernel is done with is kept for the next.
 */
let spare: KernelMemory | null = null

/** Null where there is no WebAssembly (`--jitless`) or no room (`ulimit -v`). */
function newMemory(): KernelMemory | null {
  if (typeof WebAssembly !== 'object') return null
  try {
    return new WebAssembly.Memory({ initial: KERNEL_PAGES, maximum: KERNEL_PAGES })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Call first of all in a process that will run a job. */
export function reserveKernelMemory(): void {
  spare = newMemory()
}

/** Memory that may hold anything; null where there is none to be had. */
export function takeKernelMemory(): KernelMemory | null {
  const memory = spare ?? newMemory()
  spare = null
  return memory
}

/** Nobody reads this memory any more. */
export function returnKernelMemory(memory: KernelMemory): void {
  spare = memory
}
