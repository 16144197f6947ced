import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { PatternPart } from './pattern.ts'

const STEPS =
  'the next row is written A B, a later one A -> B, each later one A ->> B; conditions are --define "A: x > 1"'
const LOOP =
  'oneOrMore() is written A+?[relaxed], timesOrMore(3) A{3,}?[relaxed], times(3) A{3}[relaxed]; without [relaxed] no other row is between'

/** Methods of the pattern API of Flink's CEP library, in small letters, and what they are here. */
const METHODS: Readonly<Record<string, string>> = {
  begin: STEPS,
  next: STEPS,
  followedby: STEPS,
  followedbyany: STEPS,
  notnext: 'it is written A !B C',
  notfollowedby: 'it is written A -> !B -> C, and at the end A -> !B within 10m',
  oneormore: LOOP,
  times: LOOP,
  timesormore: LOOP,
  optional: 'it is written A?',
  greedy: 'a loop is greedy by itself: A+, A{2,4}; with a second mark it is not: A+?',
  consecutive: 'rows of a loop are consecutive by themselves: A+?, or greedy A+',
  allowcombinations: 'it is written A+[any]',
  until: 'it is written A+[until S], with --define "S: x = 0"',
  within: 'it is written --within 5m, or A B within 5m',
  where: 'conditions are --define "A: x > 1"',
  or: 'put it into the condition: --define "A: x = 1 OR x = 2"',
  subtype: 'conditions are --define "A: x > 1"',
}

const METHOD = new RegExp(
  `(?:(?:Pattern\\s*\\.\\s*(?:<[^>]*>\\s*)?)?\\bbegin(?=\\s*\\(\\s*["'])|\\.\\s*(?:${Object.keys(METHODS).join('|')})(?=\\s*\\())`,
  'i',
)

/** PERMUTE with a comma in its bracket: not a step of that name before a group. */
const PERMUTE = /\bPERMUTE(?=\s*\([^()]*,)/i

/** Refuses what other languages write a pattern in, with what it is here. Throws E_PATTERN. */
export function refuseOtherWords(source: Omit<Span, 'start' | 'end'>): void {
  const permute = PERMUTE.exec(source.text)
  if (permute !== null) {
    const hint = 'Flink has none either: search for each order by itself, A B and B A'
    throw refusal('there is no PERMUTE', spanOf(source, permute), hint)
  }
  const method = METHOD.exec(source.text)
  if (method === null) return
  const name = /\w+$/.exec(method[0])![0]
  throw refusal(`${name}(...) is of Flink's Java API`, spanOf(source, method, name), METHODS[name.toLowerCase()]!)
}

function spanOf(source: Omit<Span, 'start' | 'end'>, { index, 0: found }: RegExpExecArray, name = found): Span {
  const end = index + found.length
  return { ...source, start: end - name.length, end }
}

/** What people write between steps, in capital letters, and what it is here. */
const LINKS: readonly (readonly [words: readonly string[], hint: string])[] = [
  [['FOLLOWED', 'BY', 'ANY'], 'followed by any is written A ->> B'],
  [['FOLLOWED', 'BY'], 'followed by is written A -> B, followed by any A ->> B'],
  [['FOLLOWED_BY_ANY'], 'followed by any is written A ->> B'],
  [['FOLLOWEDBYANY'], 'followed by any is written A ->> B'],
  [['FOLLOWED_BY'], 'followed by is written A -> B, followed by any A ->> B'],
  [['FOLLOWEDBY'], 'followed by is written A -> B, followed by any A ->> B'],
  [['NOTFOLLOWEDBY'], 'it is written A -> !B -> C, and at the end A -> !B within 10m'],
  [['NOTNEXT'], 'it is written A !B C'],
  [['NEXT'], 'A B is next, A -> B followed by'],
  [['THEN'], 'A B is next, A -> B followed by'],
  [['AND'], 'a row that meets both is one step: --define "A: x = 1 AND y = 2"; A B is next, A -> B followed by'],
  [['OR'], 'there is no "or" between steps: put it into the condition, as in --define "A: x = 1 OR x = 2"'],
]

/** Refuses `A FOLLOWED BY B` and its like, which would be steps that take any row; one of such a name has to be defined. Throws E_PATTERN. */
export function refuseWordsBetween(parts: readonly PatternPart[], isDefined: (step: string) => boolean): void {
  for (const [at, part] of parts.entries()) {
    if (part.kind === 'group') refuseWordsBetween(part.parts, isDefined)
    const link = at === 0 ? undefined : LINKS.find(([words]) => areBare(parts.slice(at), words, isDefined))
    if (link === undefined) continue
    const [words, hint] = link
    const [first, last] = [part.span!, parts[at + words.length - 1]!.span!]
    const text = first.text.slice(first.start, last.end)
    const [count, name] = [COUNTS[words.length]!, (part as { readonly name: string }).name]
    const own = `what is meant for ${words.length > 1 ? 'steps' : 'a step'} needs --define "${name}: TRUE"`
    throw refusal(`${text} would be ${count} of the pattern`, { ...first, end: last.end }, `${hint}; ${own}`)
  }
}

const COUNTS = ['', 'a step', 'two steps', 'three steps']

/** Do these parts begin with steps of such names, each once and directly behind the one before, which another step follows? */
function areBare(
  parts: readonly PatternPart[],
  words: readonly string[],
  isDefined: (step: string) => boolean,
): boolean {
  if (parts.length <= words.length) return false
  return words.every((word, i) => {
    const part = parts[i]!
    if (part.kind !== 'step' || part.name.toUpperCase() !== word || part.contiguity !== 'next') return false
    const { min, max, optional } = part.quantifier
    return min === 1 && max === 1 && !optional && part.span !== undefined && !isDefined(part.name)
  })
}

const refusal = (message: string, span: Span, hint: string) => new TidemarkError('E_PATTERN', message, { span, hint })
