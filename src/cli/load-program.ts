import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import type { runProcess } from './run-process.ts'

/** What the built program.cjs exports. */
export interface Program {
  readonly runProcess: typeof runProcess
}

/** The value of program.cjs as a script: what Node makes of a CommonJS module. */
type Wrapped = (exports: object, require: NodeJS.Require, module: object, file: string, folder: string) => void

/** The build's compiled code; other Nodes have other names, because they cannot use it. */
export const codeCacheName = (): string => `program-${process.version}-${process.arch}.cache`

/** The program beside this file; `script` makes its compiled code, see scripts/code-cache.mjs. */
export interface CompiledProgram {
  readonly program: Program
  readonly script: Script
}

/** Compiles program.cjs, from `cachedData` as far as that fits this Node and its flags, and runs it. */
export function compileProgram(cachedData: Buffer | undefined): CompiledProgram {
  const filename = join(__dirname, 'program.cjs')
  // The build writes ASCII only, so latin1 reads it, and fastest.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData ? { cachedData } : {}) })
  const program = { exports: {} }
  const run = script.runInThisContext() as Wrapped
  run(program.exports, require, program, filename, __dirname)
  return { program: program.exports as Program, script }
}

/**
 * Loads the program. Compiling it takes a third of the time of a short run; the build's compiled code takes that away on
 * the Node that built. Newer Nodes keep compiled code by themselves (`module.enableCompileCache`), others compile.
 */
export function loadProgram(): Program {
  let compiled: Buffer | undefined
  try {
    compiled = readFileSync(join(__dirname, codeCacheName()))
  } catch {
    const nodeModule = process.getBuiltinModule('node:module') as { enableCompileCache?: () => void }
    nodeModule.enableCompileCache?.()
    return require('./program.cjs') as Program
  }
  return compileProgram(compiled).program
}
