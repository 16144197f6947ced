import type { ExitName } from '../../base/error-codes.ts'
import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { FlagUse } from '../flags/lexed.ts'
import type { YamlScalar } from './document.ts'
import { inWordsOfFile } from './words-of-file.ts'

const REFUSED: ExitName = 'refused'

/**
 * Where the texts of a pipeline file stand: expressions are read from their own text, whose spans become spans of the file again. Each text has a name of its own,
 * which messages about rows show: `hourly.by`.
 */
export class Places {
  readonly #scalars = new Map<string, YamlScalar>()

  add(origin: string, scalar: YamlScalar): void {
    this.#scalars.set(origin, scalar)
  }

  /**
   * Does what reads a part of the file. What it throws points into the file and ends in exit 5: where it points nowhere by itself, to the first of `uses` that it names,
   * else to `around`.
   */
  within<T>(around: Span, work: () => T, uses: readonly FlagUse[] = []): T {
    try {
      return work()
    } catch (error) {
      throw error instanceof TidemarkError ? this.#inFile(error, around, uses) : error
    }
  }

  #inFile(error: TidemarkError, around: Span, uses: readonly FlagUse[]): TidemarkError {
    const { span, hint, exit } = error.details
    if (exit !== undefined) return error
    const place = span ? (this.#placeOf(span, uses) ?? span) : (this.#namedIn(error.message, uses) ?? around)
    const scalar = span && this.#scalars.get(span.source)
    const cut = scalar && commentHint(scalar)
    const better = cut ?? (hint === undefined ? undefined : inWordsOfFile(hint))
    return withExit(error, { ...error.details, span: place, ...(better === undefined ? {} : { hint: better }) })
  }

  /** A stretch of a text of the file, or of a part of one: of `headers: ["kind: a + b"]` the expression, whose source is the key. */
  #placeOf(part: Span, uses: readonly FlagUse[]): Span | undefined {
    const own = this.#scalars.get(part.source)
    const scalars = own ? [own] : uses.filter(({ written }) => written === part.source).flatMap((use) => this.#of(use))
    for (const scalar of scalars) {
      const at = scalar.text.indexOf(part.text)
      if (at >= 0) return spanInFile({ ...part, start: part.start + at, end: part.end + at }, scalar)
    }
    return own && spanInFile(part, own)
  }

  #namedIn(message: string, uses: readonly FlagUse[]): Span | undefined {
    const placed = uses.filter((use) => this.#of(use).length > 0)
    const use = namedIn(message, placed)
    return use && this.#of(use)[0]!.span
  }

  #of({ origin }: FlagUse): readonly YamlScalar[] {
    const scalar = this.#scalars.get(origin ?? '')
    return scalar ? [scalar] : []
  }
}

/** The one whose name comes first in a message. */
function namedIn(message: string, uses: readonly FlagUse[]): FlagUse | undefined {
  const placed = uses.map((use) => ({ use, at: positionIn(message, [use.written, use.flag.name]) }))
  return placed.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.use
}

function positionIn(message: string, names: readonly string[]): number {
  const found = names.map((name) => message.search(new RegExp(`(^|[^\\w-]|--)${name}(?![\\w-])`)))
  const there = found.filter((at) => at >= 0)
  return there.length === 0 ? -1 : Math.min(...there)
}

const withExit = (error: TidemarkError, details: TidemarkError['details']): TidemarkError =>
  new TidemarkError(error.code, inWordsOfFile(error.message), { ...details, exit: REFUSED })

/** The stretch of the file in which a stretch of the scalar's text stands; the whole scalar where the two do not match letter by letter. */
export function spanInFile({ start, end }: Span, scalar: YamlScalar): Span {
  const { span, text } = scalar
  const whole = { ...span, end: endOfLine(span) }
  if (scalar.style === 'literal') return inLiteral(start, end, scalar) ?? whole
  const opening = scalar.style === 'quoted' ? 1 : 0
  const from = span.start + opening
  if (scalar.style === 'folded' || span.text.slice(from, from + text.length) !== text) return whole
  return { ...span, start: from + start, end: from + end }
}

/** Line by line: each has the same indentation in front of it. */
function inLiteral(start: number, end: number, { span, text }: YamlScalar): Span | undefined {
  const first = span.text.indexOf('\n', span.start) + 1
  const indent = /^ */.exec(span.text.slice(first))![0].length
  const line = text.slice(0, start).split('\n').length - 1
  let at = first
  for (let i = 0; i < line; i += 1) at = span.text.indexOf('\n', at) + 1
  const column = start - (text.lastIndexOf('\n', start - 1) + 1)
  const from = at + indent + column
  if (at === 0 || (start < text.length && span.text[from] !== text[start])) return undefined
  return { ...span, start: from, end: from + Math.max(1, end - start) }
}

function endOfLine({ text, start, end }: Span): number {
  const newline = text.indexOf('\n', start)
  return newline < 0 ? end : Math.min(end, newline)
}

/** An expression that ends in the middle of a string, because what YAML takes for a comment follows. */
function commentHint({ style, span, text }: YamlScalar): string | undefined {
  if (style !== 'plain' || (text.split("'").length - 1) % 2 === 0) return undefined
  const behind = span.text.slice(span.start + text.length, endOfLine({ ...span, end: span.text.length }))
  return /^\s+#/.test(behind) ? "' #' begins a comment in YAML: quote the whole expression" : undefined
}
