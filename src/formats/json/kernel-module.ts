import { KERNEL_BINARY } from './kernel-binary.ts'
import { type KernelMemory, returnKernelMemory, takeKernelMemory } from './kernel-memory.ts'

/** What the kernel exports; addresses and sizes are bytes of its memory. See kernel/scan.ts. */
export interface Kernel {
  readonly memory: KernelMemory
  allocate(size: number): number
  release(address: number): void
  askMember(parent: number, name: number, nameLength: number, field: number): number
  setColumns(field: number, tags: number, numbers: number, ids: number, ends: number, encoding: number): void
  setRowColumns(starts: number, ends: number, lines: number, shapes: number): void
  takeHostWork(field: number): number
  scan(from: number, to: number, base: number, row: number, capacity: number, line: number): number
  nextPosition(): number
  nextLine(): number
  hasRefused(): number
  intern(at: number, length: number): number
  textAt(id: number): number
  textLength(id: number): number
  dictionarySize(): number
  dictionaryBytes(): number
  clearDictionary(): void
}

/** As much of `WebAssembly` as is used; Node's types do not have it. */
declare const WebAssembly: {
  CompileError: new () => Error
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { env: { memory: KernelMemory } }) => { readonly exports: unknown }
}

let compiled: object | null | undefined

/** Null where the kernel cannot run: no WebAssembly (`--jitless`), no SIMD. Compiled once. */
function kernelModule(): object | null {
  if (compiled !== undefined) return compiled
  compiled = typeof WebAssembly === 'object' ? compile(Buffer.from(KERNEL_BINARY, 'base64')) : null
  return compiled
}

/** Compiling validates as well: to ask first would take the time twice. */
function compile(bytes: Uint8Array): object | null {
  try {
    return new WebAssembly.Module(bytes)
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null
    throw error
  }
}

/** A kernel with its own memory, which may hold anything; null where there can be none. */
export function createKernel(): Kernel | null {
  const module = kernelModule()
  const memory = module && takeKernelMemory()
  if (module === null || memory === null) return null
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel
}

/** Nobody reads the kernel's memory any more. */
export function releaseKernel(kernel: Kernel): void {
  returnKernelMemory(kernel.memory)
}

export const canRunKernel = (): boolean => kernelModule() !== null
