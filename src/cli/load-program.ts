import fs from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import vm from 'node:vm'
import type { runProcess } from './run-process.ts'

/** What the built program.cjs exports. */
export interface Program {
  readonly runProcess: typeof runProcess
}

/** As Node wraps a CommonJS module. */
const HEAD = '(function (exports, require, module, __filename, __dirname) {'
const TAIL = '\n})'

type Wrapped = (exports: object, require: NodeJS.Require, module: object, file: string, folder: string) => void

/** The build's compiled code; other Nodes have other names, because they cannot use it. */
export const codeCacheName = (): string => `program-${process.version}-${process.arch}.cache`

/** The program beside this file; `script` makes its compiled code, see scripts/code-cache.mjs. */
export interface CompiledProgram {
  readonly program: Program
  readonly script: vm.Script
}

/** Compiles program.cjs, from `cachedData` as far as that fits this Node and its flags, and runs it. */
export function compileProgram(cachedData: Buffer | undefined): CompiledProgram {
  const filename = path.join(__dirname, 'program.cjs')
  // The build writes ASCII only; read as latin1 it takes one byte a character.
  const text = HEAD + fs.readFileSync(filename, 'latin1') + TAIL
  const script = new vm.Script(text, { filename, columnOffset: -HEAD.length, ...(cachedData ? { cachedData } : {}) })
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
    compiled = fs.readFileSync(path.join(__dirname, codeCacheName()))
  } catch {
    ;(module as { enableCompileCache?: () => void }).enableCompileCache?.()
    return require('./program.cjs') as Program
  }
  return compileProgram(compiled).program
}
