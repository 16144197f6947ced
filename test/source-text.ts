import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './repository.ts'

/** A file under `src`, as the rules of the house look at it. */
export interface SourceFile {
  /** Below `src`, with `/`: `time/clock.ts`. */
  readonly path: string
  /** The folder directly under `src`. */
  readonly room: string
  readonly lines: readonly string[]
  /** Without comments and with empty strings, line by line as in `lines`. */
  readonly code: readonly string[]
  /** What it imports, statically or not, types included: as written. */
  readonly imports: readonly string[]
}

export function readSourceFiles(): readonly SourceFile[] {
  return readdirSync(join(REPOSITORY, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(REPOSITORY, 'src', path), 'utf8')))
}

export function sourceFile(path: string, text: string): SourceFile {
  const withoutComments = blank(text, false)
  return {
    path,
    room: path.split('/')[0]!,
    lines: text.replace(/\n$/, '').split('\n'),
    code: blank(text, true).replace(/\n$/, '').split('\n'),
    imports: [...withoutComments.matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!),
  }
}

const IMPORT =
  /(?:^|\n)\s*(?:(?:import|export)\b[^'"`;=()]*?\bfrom\s*|import\s*)['"]([^'"\n]+)['"]|\bimport\s*\(\s*['"]([^'"\n]+)['"]\s*\)/g

/** One token of what could hide code from a search: comment, string, template (nested code included), regular expression. */
const HIDING =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=(?:^|[=(,:;!&|?{}[\n]|return|=>)\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g

/** Puts spaces in the place of comments and, if asked, of the text of strings and regular expressions. Lines stay where they are. */
function blank(text: string, alsoStrings: boolean): string {
  return text.replace(HIDING, (token) => {
    const isComment = token.startsWith('//') || token.startsWith('/*')
    if (!isComment && !alsoStrings) return token
    if (token.startsWith('`')) return blankTemplate(token)
    return isComment ? spaces(token) : token[0] + spaces(token.slice(1, -1)) + token.at(-1)
  })
}

/** The text of a template goes, the code in its `${}` stays. */
function blankTemplate(template: string): string {
  let depth = 0
  return template.replace(/\$\{|[\s\S]/g, (part) => {
    if (part === '${' || (part === '{' && depth > 0)) depth += 1
    else if (part === '}' && depth > 0) depth -= 1
    return depth > 0 || part === '\n' ? part : ' '.repeat(part.length)
  })
}

const spaces = (text: string) => text.replace(/[^\n]/g, ' ')

/** A function whose lines are counted from its head to its closing brace. */
export interface LongFunction {
  readonly line: number
  readonly length: number
}

const HEAD = /(?:=>|\)(?:: [^=]*)?) \{$/
const NOT_A_FUNCTION = /^\s*(?:\} )?(?:else if|if|for|while|switch|catch|with)\b/

/**
 * Functions longer than `limit` lines, found by indentation: the formatter closes a function in the column where its head begins.
 * A head over several lines counts from its last.
 */
export function longFunctions({ code }: SourceFile, limit: number): readonly LongFunction[] {
  const found: LongFunction[] = []
  code.forEach((line, at) => {
    const trimmed = line.trimEnd()
    if (!HEAD.test(trimmed) || NOT_A_FUNCTION.test(trimmed)) return
    const closing = `${' '.repeat(trimmed.length - trimmed.trimStart().length)}}`
    const end = code.findIndex((other, i) => i > at && other.startsWith(closing))
    if (end - at + 1 > limit) found.push({ line: at + 1, length: end - at + 1 })
  })
  return found
}
