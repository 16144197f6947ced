import { TidemarkError } from '../base/errors.ts'
import { type Span, spanning } from '../base/span.ts'
import { parseDuration } from '../time/duration.ts'
import {
  type InnerContiguity,
  ONCE,
  type Pattern,
  type PatternPart,
  type Quantifier,
  repeats,
  type StepContiguity,
} from './pattern.ts'
import { type PatternToken, patternTokens, stepHint } from './pattern-lexer.ts'

/** A pattern as written; `within` is that of its end, `untils` the labels that end loops and where they stand. */
export interface ParsedPattern extends Pick<Pattern, 'parts' | 'within'> {
  readonly untils: readonly { readonly label: string; readonly span: Span }[]
}

/**
 * Reads the text of a pattern:
 *
 *   pattern    = sequence [ "within" DURATION ]
 *   sequence   = part { [ "->" | "->>" ] part }           nothing between two parts: the next row
 *   part       = ( "!" | "NOT" ) NAME | ( NAME | "(" sequence ")" ) [ quantifier [ "?" ] ] [ options ]
 *   quantifier = "?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}" | "{,m}"
 *   options    = "[" option { "," option } "]"
 *   option     = "strict" | "relaxed" | "any" | "until" NAME | "within" DURATION
 *
 * Quantifiers are those of MATCH_RECOGNIZE: the rows of a repeated step are next to each other unless `relaxed` or `any` is said, and loops and ranges are
 * greedy unless `?` or `any` is. A group is never greedy. Throws E_PATTERN and E_DURATION.
 */
export function parsePattern(source: Omit<Span, 'start' | 'end'>): ParsedPattern {
  return new PatternParser(patternTokens(source)).parse()
}

interface Options {
  inner: InnerContiguity | null
  until: string | null
  within: number | null
  readonly spans: Map<string, Span>
}

const WORDS = ['strict', 'relaxed', 'any'] as const

class PatternParser {
  readonly #tokens: readonly PatternToken[]
  readonly #untils: { readonly label: string; readonly span: Span }[] = []
  #at = 0

  constructor(tokens: readonly PatternToken[]) {
    this.#tokens = tokens
  }

  get #next(): PatternToken {
    return this.#tokens[this.#at]!
  }

  parse(): ParsedPattern {
    const parts = this.#sequence(null)
    const within = this.#isWithin() ? this.#window() : null
    if (this.#next.kind !== 'end') throw this.#unexpected('behind the pattern', 'steps follow each other: A B, A -> B')
    return { parts, within, untils: this.#untils }
  }

  /** `within 5m`, and not a step of that name. */
  #isWithin(): boolean {
    const behind = this.#tokens[this.#at + 1]
    const isTime = behind?.kind === 'duration' || behind?.kind === 'number'
    return this.#next.kind === 'name' && this.#next.text.toLowerCase() === 'within' && isTime
  }

  #window(): number {
    this.#at += 1
    const { text, span } = this.#take()
    const ms = parseDuration(text, { span })
    if (ms > 0) return ms
    throw new TidemarkError('E_PATTERN', 'a window of 0 is none', { span, hint: 'leave it out, or write within 5m' })
  }

  #take(): PatternToken {
    const token = this.#next
    this.#at += 1
    return token
  }

  #accept(text: string): PatternToken | null {
    return this.#next.kind === 'sign' && this.#next.text === text ? this.#take() : null
  }

  #expect(text: string, hint: string): PatternToken {
    const token = this.#accept(text)
    if (token === null) throw this.#unexpected(`where '${text}' should stand`, hint)
    return token
  }

  #unexpected(where: string, hint: string): TidemarkError {
    const { kind, text, span } = this.#next
    const message = kind === 'end' ? `the pattern ends ${where}` : `unexpected '${text}' ${where}`
    return new TidemarkError('E_PATTERN', message, { span, hint })
  }

  /** `close`: the bracket that ends it; null: the end of the text. */
  #sequence(close: ')' | null): PatternPart[] {
    const parts: PatternPart[] = []
    for (;;) {
      const { kind, text } = this.#next
      if (kind === 'end' || (close !== null && text === close) || (parts.length > 0 && this.#isWithin())) break
      parts.push(...this.#linked(parts.length === 0))
    }
    if (parts.length > 0) return parts
    throw this.#unexpected('without a step', 'name the steps: --pattern "A B", --define "A: x > 1"')
  }

  /** A part and how it is tied to the one before. */
  #linked(isFirst: boolean): readonly PatternPart[] {
    const link = this.#accept('->>') ?? this.#accept('->')
    if (link !== null && isFirst) {
      const hint = 'it ties two steps, such as A -> B'
      throw new TidemarkError('E_PATTERN', `nothing stands before '${link.text}'`, { span: link.span, hint })
    }
    const not = this.#not()
    if (not !== null) return [this.#negated(not, link, isFirst)]
    const contiguity = isFirst ? null : link === null ? 'next' : link.text === '->' ? 'followed-by' : 'followed-by-any'
    return [this.#part(contiguity)]
  }

  #not(): PatternToken | null {
    const isWord = this.#next.kind === 'name' && this.#next.text.toUpperCase() === 'NOT'
    return isWord ? this.#take() : this.#accept('!')
  }

  #negated(not: PatternToken, link: PatternToken | null, isFirst: boolean): PatternPart {
    if (link?.text === '->>') {
      const hint = 'what must not come at all is written -> !B, what must not come next !B'
      throw new TidemarkError('E_PATTERN', "a NOT follows '->' or nothing", {
        span: spanning(link.span, not.span),
        hint,
      })
    }
    const contiguity: StepContiguity = link === null ? 'not-next' : 'not-followed-by'
    const part = this.#part(contiguity)
    const span = spanning(not.span, part.span!)
    if (!isFirst) return { ...part, span }
    const hint = 'a pattern begins with a row: write the step that comes before it, such as A -> !B'
    throw new TidemarkError('E_PATTERN', 'a pattern cannot begin with a NOT', { span, hint })
  }

  #part(contiguity: StepContiguity | null): PatternPart {
    const open = this.#accept('(')
    if (open === null && this.#next.kind !== 'name')
      throw this.#unexpected('where a step should stand', stepHint(this.#next))
    const inside = open === null ? null : this.#sequence(')')
    const last = open === null ? this.#take() : this.#expect(')', 'close the group')
    const quantifier = this.#quantifier()
    const options = this.#options()
    const span = spanning(open?.span ?? last.span, this.#tokens[this.#at - 1]!.span)
    const { until, within } = options
    const common = {
      contiguity,
      until,
      span,
      within: within === null ? null : ({ ms: within, kind: 'previous-to-current' } as const),
    }
    if (inside === null) {
      const step = {
        kind: 'step',
        name: last.text,
        ...common,
        quantifier: ofStep(quantifier, options, contiguity),
      } as const
      refuseWindow(step, options)
      return step
    }
    const group = { kind: 'group', ...common, quantifier: ofGroup(quantifier, options, inside) } as const
    refuseWindow(group, options)
    return { ...group, parts: inside.map((part, i) => (i === 0 ? headOf(part, quantifier, group.quantifier) : part)) }
  }

  /** null: none is written. */
  #quantifier(): (Pick<Quantifier, 'min' | 'max' | 'optional'> & { readonly isReluctant: boolean }) | null {
    const times = this.#times()
    if (times === null) return null
    const mark = this.#accept('?')
    const behind = this.#next
    if (['?', '*', '+', '{'].includes(behind.text) && behind.kind === 'sign') {
      const hint = 'one is enough: + is one or more, * any number, {n,m} from n to m'
      throw new TidemarkError('E_PATTERN', 'two quantifiers at one step', { span: behind.span, hint })
    }
    if (mark !== null && times.max === times.min) {
      const hint = 'it is about how many rows are taken, and here the number is fixed: leave out the second mark'
      throw new TidemarkError('E_PATTERN', "'?' behind a fixed number of rows says nothing", { span: mark.span, hint })
    }
    return { ...times, isReluctant: mark !== null }
  }

  #times(): Pick<Quantifier, 'min' | 'max' | 'optional'> | null {
    if (this.#accept('?')) return { min: 1, max: 1, optional: true }
    if (this.#accept('*')) return { min: 1, max: null, optional: true }
    if (this.#accept('+')) return { min: 1, max: null, optional: false }
    if (!this.#accept('{')) return null
    const hint = 'write {3}, {3,}, {3,5} or {,5}'
    const least = this.#next.kind === 'number' ? Number(this.#take().text) : null
    const hasComma = this.#accept(',') !== null
    const most = hasComma && this.#next.kind === 'number' ? Number(this.#take().text) : null
    if (least === null && most === null) throw this.#unexpected('where a number should stand', hint)
    this.#expect('}', hint)
    const max = hasComma ? most : least
    return least === null || least === 0
      ? { min: max === 0 ? 0 : 1, max, optional: true }
      : { min: least, max, optional: false }
  }

  #options(): Options {
    const options: Options = { inner: null, until: null, within: null, spans: new Map() }
    if (!this.#accept('[')) return options
    do this.#option(options)
    while (this.#accept(','))
    this.#expect(']', 'close the options of the step')
    return options
  }

  #option(options: Options): void {
    const hint = 'the options of a step are strict, relaxed, any, until NAME and within 5m'
    if (this.#next.kind !== 'name') throw this.#unexpected('where an option should stand', hint)
    const word = this.#next.text.toLowerCase()
    const isInner = (WORDS as readonly string[]).includes(word)
    if (!isInner && word !== 'until' && word !== 'within') throw this.#unexpected('where an option should stand', hint)
    const kind = isInner ? 'inner' : word
    if (options.spans.has(kind)) throw this.#unexpected(`for a second time at one step`, 'say it once')
    options.spans.set(kind, this.#next.span)
    if (word === 'within') {
      const behind = this.#tokens[this.#at + 1]!
      if (behind.kind !== 'duration' && behind.kind !== 'number') {
        this.#at += 1
        throw this.#unexpected('where a length of time should stand', 'write [within 5m]')
      }
      options.within = this.#window()
      return
    }
    this.#at += 1
    if (isInner) options.inner = word as InnerContiguity
    else {
      if (this.#next.kind !== 'name')
        throw this.#unexpected('where a name should stand', 'write [until STOP] and --define "STOP: x = 0"')
      const { text, span } = this.#take()
      options.until = text
      this.#untils.push({ label: text, span })
    }
  }
}

type Written = (Pick<Quantifier, 'min' | 'max' | 'optional'> & { readonly isReluctant: boolean }) | null

/** Loops and ranges are greedy by themselves; rows of one step are next to each other. */
function ofStep(written: Written, { inner }: Options, contiguity: StepContiguity | null): Quantifier {
  if (written === null) return { ...ONCE, inner: inner ?? 'relaxed' }
  const { isReluctant, ...times } = written
  const isRepeated = times.max === null || times.max > 1
  const isNot = contiguity === 'not-next' || contiguity === 'not-followed-by'
  const greedy = !isReluctant && inner !== 'any' && times.min !== times.max && !isNot
  return { ...times, greedy, inner: inner ?? (isRepeated ? 'strict' : 'relaxed'), gap: null }
}

/** A group that is not repeated changes nothing, so its first step repeats as it does outside of a group. */
function ofGroup(written: Written, { inner }: Options, inside: readonly PatternPart[]): Quantifier {
  const { isReluctant: _, ...times } = written ?? { min: 1, max: 1, optional: false, isReluctant: true }
  const isRepeated = times.max === null || times.max > 1
  return { ...times, greedy: false, inner: inner ?? (isRepeated ? 'strict' : inside[0]!.quantifier.inner), gap: null }
}

/** The first part of a group is entered as the group is. A loop there repeats as the group does: there is no way to say both. */
function headOf(part: PatternPart, written: Written, { inner }: Quantifier): PatternPart {
  if (part.kind === 'group') return { ...part, contiguity: 'inherit' }
  if (written === null || !repeats(part) || part.quantifier.inner === inner) return part
  const hint = `write (${part.name}…)…[${part.quantifier.inner}], or put a step before ${part.name}`
  const message = `${part.name} begins a repeated group, so its rows follow each other as those of the group do: ${inner}`
  throw new TidemarkError('E_PATTERN', message, part.span ? { span: part.span, hint } : { hint })
}

function refuseWindow(part: Omit<PatternPart, 'parts'>, { within, spans }: Options): void {
  const isGroup = part.kind === 'group'
  if (within === null || (!isGroup && !repeats(part as PatternPart))) return
  const hint = isGroup
    ? 'write it at the first step of the group, or for the whole pattern with --within'
    : 'write --within for the whole pattern, or compare times in the condition: ts < LAST(A.ts) + 300'
  throw new TidemarkError(
    'E_PATTERN',
    `[within] is for a step that takes one row, not for ${isGroup ? 'a group' : 'a repeated one'}`,
    {
      span: spans.get('within')!,
      hint,
    },
  )
}
