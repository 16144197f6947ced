import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import type { runProcess } from './run-process.ts'

/** What the built program.cjs exports. */
export interface Program {
  readonly runProcess: typeof runProcess
}

/** The files of code that the build compiles: what every run needs, and the rest. */
type Chunk = 'program' | 'more'

/** The value of such a file as a script: what Node makes of a CommonJS module. */
type Wrapped = (
  exports: object,
  require: (name: string) => unknown,
  module: object,
  file: string,
  folder: string,
) => void

/** The build's compiled code; other Nodes have other names, because they cannot use it. */
export const codeCacheName = (chunk: Chunk): string => `${chunk}-${process.version}-${process.arch}.cache`

/** The program beside this file; `scripts` make the compiled code, see scripts/code-cache.mjs: of the other chunk once it is loaded. */
export interface CompiledProgram {
  readonly program: Program
  readonly scripts: ReadonlyMap<Chunk, Script>
}

/** Runs program.cjs and, when it asks for it, more.cjs, compiled from `cachedData` as far as that fits this Node and its flags. */
export function compileProgram(cachedData: (chunk: Chunk) => Buffer | undefined): CompiledProgram {
  const scripts = new Map<Chunk, Script>()
  const load = (chunk: Chunk): object => {
    const filename = join(__dirname, `${chunk}.cjs`)
    const cached = cachedData(chunk)
    // The build writes ASCII only, so latin1 reads it, and fastest.
    const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cached ? { cachedData: cached } : {}) })
    scripts.set(chunk, script)
    const module = { exports: {} }
    const run = script.runInThisContext() as Wrapped
    run(module.exports, (name) => (name === './more.cjs' ? load('more') : require(name)), module, filename, __dirname)
    return module.exports
  }
  return { program: load('program') as Program, scripts }
}

/**
 * Loads the program. Compiling it takes a third of the time of a short run; the build's compiled code takes that away on
 * the Node that built. Newer Nodes keep compiled code by themselves (`module.enableCompileCache`), others compile.
 */
export function loadProgram(): Program {
  const read = (chunk: Chunk) => readFileSync(join(__dirname, codeCacheName(chunk)))
  let compiled: Buffer | undefined
  try {
    compiled = read('program')
  } catch {
    const nodeModule = process.getBuiltinModule('node:module') as { enableCompileCache?: () => void }
    nodeModule.enableCompileCache?.()
    return require('./program.cjs') as Program
  }
  return compileProgram((chunk) => (chunk === 'program' ? compiled : read(chunk))).program
}
