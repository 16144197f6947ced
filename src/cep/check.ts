import { TidemarkError } from '../base/errors.ts'
import { suggest } from '../base/suggest.ts'
import { formatDuration } from '../time/duration.ts'
import { canMatchEmpty, isNot, type Pattern, type PatternPart, repeats, stepsOf, windowOf } from './pattern.ts'
import { partText } from './pattern-text.ts'

/** What is wrong, and what to write instead. */
type Fault = readonly [message: string, hint: string]

/** Throws E_PATTERN for patterns that mean nothing, or nothing good. The rules are Flink's (`Pattern`, `Quantifier`, `NFACompiler`). */
export function checkPattern(pattern: Pattern): void {
  checkNames(pattern)
  checkSequence(pattern.parts, pattern)
  checkEnd(pattern)
  checkSkip(pattern)
}

function refuse(part: PatternPart | undefined, [message, hint]: Fault): never {
  throw new TidemarkError('E_PATTERN', message, part?.span ? { span: part.span, hint } : { hint })
}

/** The part in words: its name, or what it is. */
const nameOf = (part: PatternPart): string => (part.kind === 'step' ? part.name : 'the group')

function checkNames({ parts }: Pattern): void {
  const names = new Set<string>()
  for (const step of stepsOf(parts)) {
    if (names.has(step.name)) {
      const hint = `each step has a name of its own: call this one ${step.name}2 and define it with the same condition`
      refuse(step, [`two steps are called ${step.name}`, hint])
    }
    names.add(step.name)
  }
}

function checkSequence(parts: readonly PatternPart[], pattern: Pattern): void {
  for (const [i, part] of parts.entries()) {
    const fault = isNot(part) ? faultOfNot(part, parts[i - 1]) : (faultOfQuantifier(part) ?? faultOfStep(part))
    if (fault) refuse(part, fault)
    const before = parts[i - 1]
    if (before) {
      const order = faultOfOrder(before, part)
      if (order) refuse(part, order)
    }
    checkWindow(part, pattern)
    if (part.kind === 'group') checkSequence(part.parts, pattern)
  }
}

function faultOfNot(part: PatternPart, before: PatternPart | undefined): Fault | null {
  const name = nameOf(part)
  if (part.kind === 'group') return ['a group cannot be negated', 'negate its steps one by one, such as A -> !B -> !C']
  if (repeats(part)) return [`!${name} takes no quantifier`, `one ${name} is too much already: write !${name}`]
  if (part.quantifier.optional) return [`!${name} cannot be optional`, `write !${name}, or leave it out`]
  if (before === undefined) return [`nothing stands before !${name}`, `a step comes first, such as A -> !${name}`]
  return null
}

function faultOfQuantifier({ kind, quantifier }: PatternPart): Fault | null {
  const { min, max, greedy, inner } = quantifier
  if (max !== null && max < min)
    return [`{${min},${max}} ends before it begins`, `write the smaller number first: {${max},${min}}`]
  if (min < 0) return [`a step cannot come ${min} times`, 'the least is 0, as in {0,3}']
  if (min === 0 || max === 0)
    return ['a step that comes 0 times says nothing', 'times are 1 and more; * is any number, ? at most one']
  if (greedy && inner === 'any')
    return [
      'a step cannot be greedy with [any]',
      'greedy takes every row that fits, [any] leaves some out: leave out one of the two',
    ]
  if (greedy && kind === 'group')
    return ['a group cannot be greedy', 'make its last step greedy, or leave it reluctant: (A B)+']
  return null
}

const EMPTY_LOOP: Fault = [
  'a repeated group needs a step that must come',
  'all of its steps may be left out: take the ? or * from one of them',
]

function faultOfStep(part: PatternPart): Fault | null {
  const { inner, greedy } = part.quantifier
  const name = nameOf(part)
  if (part.until !== null && part.quantifier.max !== null) {
    const loop = part.quantifier.min > 1 ? `{${part.quantifier.min},}` : part.quantifier.optional ? '*' : '+'
    const hint = `it ends a loop: write ${name}${loop}[until ...]`
    return [`until needs a step without an upper bound, and ${name} has one`, hint]
  }
  if (part.kind === 'group') return repeats(part) && canMatchEmpty(part.parts) ? EMPTY_LOOP : null
  if (repeats(part)) return null
  if (inner !== 'relaxed') {
    const word = inner === 'strict' ? 'strict' : 'any'
    return [`[${word}] needs a quantifier`, `it is about the rows of one step: ${name}+[${word}], or leave it out`]
  }
  return greedy ? ['greedy needs a quantifier', `one row is one row: leave it out, or write ${name}+`] : null
}

function faultOfOrder(before: PatternPart, part: PatternPart): Fault | null {
  const [first, second] = [nameOf(before), nameOf(part)]
  if (isNot(part) && !isNot(before) && canMatchEmpty([before])) {
    const hint = `where ${first} is left out nobody knows from where on ${second} is forbidden: put a step that must come between them`
    return [`!${second} cannot stand behind ${first}, which may be left out`, hint]
  }
  if (!isNot(part) && canMatchEmpty([part]) && before.quantifier.greedy) {
    const reluctant = partText({ ...before, quantifier: { ...before.quantifier, greedy: false } })
    const hint = `greedy gives way to one step only; make it reluctant: ${reluctant} ${partText(part)}`
    return [`${second} may be left out, so it cannot stand behind ${first}, which is greedy`, hint]
  }
  return null
}

function checkWindow(part: PatternPart, pattern: Pattern): void {
  const whole = windowOf(pattern)
  const { within } = part
  if (within?.kind !== 'previous-to-current' || whole === null || whole === 0 || within.ms <= whole) return
  const lengths = `${formatDuration(within.ms)}, longer than the ${formatDuration(whole)} of the whole pattern`
  const hint = 'leave it out: rows that are further apart are in no match; or give the whole pattern longer'
  refuse(part, [`the window of ${nameOf(part)} is ${lengths}`, hint])
}

function checkEnd(pattern: Pattern): void {
  const last = pattern.parts.at(-1)
  if (last?.kind === 'group') refuseAbsenceIn(last)
  if (last?.contiguity !== 'not-followed-by') return
  if ((windowOf(pattern) ?? 0) > 0 || (last.within?.ms ?? 0) > 0) return
  const name = nameOf(last)
  const hint = `say how long ${name} has to stay away: --within 10m, or !${name}[within 10m] from the row before`
  refuse(last, [`!${name} at the end needs a window`, hint])
}

/** A group that ends the pattern would have to wait for its own end before it is over. */
function refuseAbsenceIn(group: PatternPart & { kind: 'group' }): void {
  const last = group.parts.at(-1)!
  if (last.kind === 'group') refuseAbsenceIn(last)
  if (last.contiguity !== 'not-followed-by') return
  const name = nameOf(last)
  const hint = `write it behind the group: (...) -> !${name} within 10m`
  refuse(last, [`!${name} at the end of a group cannot end the pattern`, hint])
}

function checkSkip({ parts, skip }: Pattern): void {
  if (!('name' in skip)) return
  const names = [...stepsOf(parts)].map(({ name }) => name)
  if (names.includes(skip.name)) return
  const near = suggest(skip.name, names)
  const hint = `${near === undefined ? '' : `did you mean ${near}? `}its steps are ${names.join(', ')}`
  refuse(undefined, [`the pattern has no step ${skip.name} to skip to`, hint])
}
