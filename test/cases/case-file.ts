import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Document, parseDocument, Scalar } from 'yaml'
import { REPOSITORY } from '../repository.ts'

/** One case: a command line, what it is given, and all that it must say. A text that is left out is empty. */
export interface Case {
  /** Under `fixtures/cases`, without `.yaml`: the feature and a sentence. */
  readonly name: string
  readonly path: string
  /** As typed behind `tidemark`; beginning with `$ `: as typed in a shell, `tidemark` included. */
  readonly run: string
  readonly stdin: string
  /** Made in the current directory before the run. */
  readonly files: Readonly<Record<string, string>>
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  /** Files that must hold exactly this afterwards. */
  readonly out: Readonly<Record<string, string>>
  /** Which descriptors are terminals; such a case runs in process only. */
  readonly terminal: readonly string[]
  /** Why the case can run through the real binary only; a shell's command line can not do otherwise. */
  readonly binaryOnly: string | undefined
}

/** What a run of a case brought about. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  readonly out: Readonly<Record<string, string>>
}

const FOLDER = join(REPOSITORY, 'fixtures/cases')
const KEYS = ['run', 'stdin', 'files', 'terminal', 'binary-only', 'stdout', 'stderr', 'exit', 'out']
const SENTENCE = /^[a-z0-9-]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/

/** All cases, or with `CASES=PART` those with PART in their name. */
export function readCases(): readonly Case[] {
  const part = process.env['CASES'] ?? ''
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml') && path.includes(part))
    .sort()
    .map((path) => readCase(join(FOLDER, path)))
}

function readCase(path: string): Case {
  const name = relative(FOLDER, path).replace(/\.yaml$/, '')
  const refuse = (why: string) => new Error(`fixtures/cases/${name}.yaml: ${why}`)
  if (!SENTENCE.test(name)) throw refuse('the name is <feature>/<sentence-in-kebab-case>.yaml')
  const raw = parse(path).toJS() as Record<string, unknown>
  const unknown = Object.keys(raw).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw refuse(`there is no key '${unknown}'; keys are ${KEYS.join(', ')}`)
  const text = (key: string): string => {
    const value = raw[key] ?? ''
    if (typeof value !== 'string') throw refuse(`'${key}' must be a text`)
    return value
  }
  const texts = (key: string): Readonly<Record<string, string>> => {
    const value = (raw[key] ?? {}) as Record<string, string>
    if (Object.values(value).some((content) => typeof content !== 'string'))
      throw refuse(`'${key}' holds texts by name`)
    return value
  }
  if (text('run').trim() === '') throw refuse("'run' is missing")
  return {
    name,
    path,
    run: text('run').trim(),
    stdin: text('stdin'),
    files: texts('files'),
    stdout: text('stdout'),
    stderr: text('stderr'),
    exit: Number(raw['exit'] ?? 0),
    out: texts('out'),
    terminal: (raw['terminal'] ?? []) as readonly string[],
    binaryOnly: text('run').startsWith('$') ? 'it is a command line for a shell' : text('binary-only') || undefined,
  }
}

function parse(path: string): Document {
  const document = parseDocument(readFileSync(path, 'utf8'))
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault) throw new Error(`${path}: ${fault.message}`)
  return document
}

/** Writes what came out into the case in the place of what was expected; comments stay. For review with `git diff`. */
export function updateCase({ path, out }: Case, outcome: Outcome): void {
  const document = parse(path)
  const put = (keys: readonly string[], text: string) => {
    if (text === '' && keys.length === 1) document.deleteIn(keys)
    else document.setIn(keys, scalar(text))
  }
  put(['stdout'], outcome.stdout)
  put(['stderr'], outcome.stderr)
  if (outcome.exit === 0) document.delete('exit')
  else document.set('exit', outcome.exit)
  for (const file of Object.keys(out)) put(['out', file], outcome.out[file] ?? '')
  writeFileSync(path, document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 1_000_000 }))
}

function scalar(text: string): Scalar {
  const node = new Scalar(text)
  node.type =
    /^[\x20-\x7e\n\u00a0-\ud7ff\ue000-\ufefe\ufffd]*$/u.test(text) && text.includes('\n')
      ? 'BLOCK_LITERAL'
      : 'QUOTE_DOUBLE'
  return node
}
