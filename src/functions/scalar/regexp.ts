import { RowError } from '../../base/errors.ts'
import { JsonText, type Value } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { remembering, wholeOf } from './arguments.ts'
import { charactersBefore } from './code-points.ts'
import { javaPattern } from './java-pattern.ts'

/** A function whose second argument is a pattern: compiled once if it is constant, else the last hundred are remembered. */
function byRegexp(compute: (pattern: RegExp, args: readonly Value[]) => Value) {
  const compile = remembering(javaPattern)
  const apply: ScalarFunction['apply'] = (args) => compute(compile(args[1] as string), args)
  const prepare: ScalarFunction['prepare'] = (constants) => {
    const constant = constants[1]
    if (typeof constant !== 'string') return apply
    const pattern = javaPattern(constant)
    checkGroup(pattern, constants[2])
    return (args) => compute(pattern, args)
  }
  return { apply, prepare }
}

const groupsOf = (pattern: RegExp) => new RegExp(`${pattern.source}|`, pattern.flags).exec('')!.length - 1

function checkGroup(pattern: RegExp, group: Value | undefined): void {
  if (typeof group === 'number' && (group < 0 || group > groupsOf(pattern)))
    throw new RowError(`the pattern has ${groupsOf(pattern)} groups, there is no group ${group}`)
}

/** The first match. The patterns have the flag `g` for counting, so each search must begin at 0 again. */
function firstMatch(pattern: RegExp, text: Value): RegExpExecArray | null {
  pattern.lastIndex = 0
  return pattern.exec(text as string)
}

function allMatches(pattern: RegExp, text: Value): RegExpExecArray[] {
  pattern.lastIndex = 0
  return [...(text as string).matchAll(pattern)]
}

const testing = byRegexp((pattern, [text, source]) => source !== '' && firstMatch(pattern, text!) !== null)

export const REGEXP_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'regexp',
    aliases: ['regexp_like'],
    signature: 'regexp(text, pattern)',
    summary: 'whether a Java regular expression matches somewhere in a text; false for an empty pattern',
    parameters: ['string', 'string'],
    returns: 'boolean',
    flinkName: 'REGEXP',
    ...testing,
  }),
  defineScalar({
    name: 'regexp_replace',
    signature: 'regexp_replace(text, pattern, by)',
    summary: 'the text with every match replaced; by is taken literally',
    parameters: ['string', 'string', 'string'],
    returns: 'string',
    flinkName: 'REGEXP_REPLACE',
    ...byRegexp((pattern, [text, , by]) => (text as string).replace(pattern, () => by as string)),
  }),
  defineScalar({
    name: 'regexp_extract',
    signature: 'regexp_extract(text, pattern [, group])',
    summary: 'the first match, or one group of it; NULL if there is none',
    parameters: ['string', 'string', 'number'],
    optional: 1,
    returns: 'string',
    flinkName: 'REGEXP_EXTRACT',
    ...byRegexp((pattern, [text, , group]) => firstMatch(pattern, text!)?.[wholeOf(group ?? 0)] ?? null),
  }),
  defineScalar({
    name: 'regexp_extract_all',
    signature: 'regexp_extract_all(text, pattern [, group])',
    summary: 'an array of one group [1] of every match; 0 is the whole match; NULL if there is no such group',
    parameters: ['string', 'string', 'number'],
    optional: 1,
    returns: 'any',
    flinkName: 'REGEXP_EXTRACT_ALL',
    ...byRegexp((pattern, [text, , group]) => {
      const index = wholeOf(group ?? 1)
      if (index < 0 || index > groupsOf(pattern)) return null
      return new JsonText(JSON.stringify(allMatches(pattern, text!).map((match) => match[index] ?? null)))
    }),
  }),
  defineScalar({
    name: 'regexp_count',
    signature: 'regexp_count(text, pattern)',
    summary: 'how often a Java regular expression matches in a text',
    parameters: ['string', 'string'],
    returns: 'number',
    flinkName: 'REGEXP_COUNT',
    ...byRegexp((pattern, [text]) => allMatches(pattern, text!).length),
  }),
  defineScalar({
    name: 'regexp_instr',
    signature: 'regexp_instr(text, pattern)',
    summary: 'where the first match begins, from 1; 0 if there is none',
    parameters: ['string', 'string'],
    returns: 'number',
    flinkName: 'REGEXP_INSTR',
    ...byRegexp((pattern, [text]) => {
      const match = firstMatch(pattern, text!)
      return match === null ? 0 : charactersBefore(text as string, match.index) + 1
    }),
  }),
  defineScalar({
    name: 'regexp_substr',
    signature: 'regexp_substr(text, pattern)',
    summary: 'the first match; NULL if there is none',
    parameters: ['string', 'string'],
    returns: 'string',
    flinkName: 'REGEXP_SUBSTR',
    ...byRegexp((pattern, [text]) => firstMatch(pattern, text!)?.[0] ?? null),
  }),
]
