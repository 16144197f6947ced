import { TidemarkError } from '../../../base/errors.ts'
import { suggest } from '../../../base/suggest.ts'
import type { SkipStrategy } from '../../../cep/pattern.ts'
import type { ExplainedKeys, PartialLimit, TimeoutPlace } from '../../../plan/kinds/match.ts'
import { type FlagUse, spanOfUse } from '../lexed.ts'
import type { StepReader } from '../step-reader.ts'
import { readKeywordOrFile } from '../values.ts'

const ALONE = ['past-last', 'to-next', 'no-skip'] as const
const WITH_NAME = ['to-first', 'to-last'] as const
const DEFAULT_PARTIALS = 1_000_000

/** `past-last`, `to-next`, `no-skip`, `to-first:NAME`, `to-last:NAME` */
export function readSkip(step: StepReader): SkipStrategy {
  const use = step.use('skip')
  if (!use) return { kind: 'past-last' }
  const alone = ALONE.find((word) => word === use.value)
  if (alone) return { kind: alone }
  const [word, name] = [use.value.split(':')[0]!, use.value.slice(use.value.indexOf(':') + 1)]
  const kind = WITH_NAME.find((one) => one === word)
  if (kind && /^[A-Za-z_]\w*$/.test(name) && use.value.includes(':')) return { kind, name }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} has no '${use.value}'`, { hint: skipHint(use, word) })
}

function skipHint({ written, value }: FlagUse, word: string): string {
  const meant = skipInWords(value)
  if (meant !== null) return `write ${written} ${meant}`
  const near = suggest(word, [...ALONE, ...WITH_NAME])
  const named = WITH_NAME.some((one) => one === near)
  if (near !== undefined) return `did you mean ${written} ${near}${named ? ':NAME, with the name of a step' : ''}?`
  return `${written} is ${[...ALONE, ...WITH_NAME.map((one) => `${one}:NAME`)].join(', ')}`
}

/** What SQL's AFTER MATCH clause, or Flink's AfterMatchSkipStrategy, says, in the words of the flag; null: it is neither. */
function skipInWords(value: string): string | null {
  const letters = value.toLowerCase().replace(/[^a-z]/g, '')
  if (/skip(past|to)|^past|^to(next|first|last)/.test(letters)) {
    const alone = ALONE.find((word) => letters.includes(word.replace('-', '')))
    if (alone) return alone
  } else return /^(noskip|skipno|none)/.test(letters) ? 'no-skip' : null
  const [, place, name] = /to[\s_-]*(first|last|)[^a-z]*([a-z_]\w*)/i.exec(value) ?? []
  return name === undefined || name.toLowerCase() === place?.toLowerCase()
    ? null
    : `to-${place!.toLowerCase() || 'last'}:${name}`
}

/** `N`, or `drop:N` */
export function readPartials(step: StepReader): PartialLimit {
  const use = step.use('max-partials')
  if (!use) return { most: DEFAULT_PARTIALS, whenFull: 'fail' }
  const found = /^(drop:)?([1-9]\d{0,8})$/.exec(use.value)
  if (found) return { most: Number(found[2]), whenFull: found[1] ? 'drop' : 'fail' }
  const hint = `${use.written} 100000 ends the run where there are more, ${use.written} drop:100000 goes on without them`
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a number from 1 on, not '${use.value}'`, { hint })
}

/** `drop`, or where they go. */
export function readTimeouts(step: StepReader): TimeoutPlace | null {
  const use = step.use('timeout')
  if (!use) return null
  const to = readKeywordOrFile(use, ['drop'])
  return typeof to === 'object' && (to.kind === 'file' || to.kind === 'descriptor') ? to : null
}

/** `--measures` and `--rows` say the same in two ways. */
export function refuseBoth(step: StepReader): void {
  const [rows, measures] = [step.use('rows'), step.use('measures')]
  if (!rows || !measures) return
  throw new TidemarkError('E_FLAG', `match takes ${measures.written} or ${rows.written}, not both`, {
    span: spanOfUse(measures),
    hint: `${measures.written} makes one row of a match, ${rows.written} gives its own`,
  })
}

/** `*`, the key as text, or the values of several keys with commas between or as a JSON array. */
export function explainedKeys({ written, value }: FlagUse, keys: number): ExplainedKeys {
  if (value === '*') return 'all'
  const refuse = (message: string, hint: string) => new TidemarkError('E_FLAG_VALUE', message, { hint })
  if (keys === 0) throw refuse(`${written} names a key, and match has no --by`, `${written} '*' tells all there are`)
  const listed = /^\s*\[/.test(value) ? textsIn(value) : null
  const texts = listed ?? (keys === 1 ? [value] : value.split(','))
  if (texts.length === keys) return texts
  const many = `match has ${keys} keys, and ${written} names ${texts.length}`
  throw refuse(many, `write a value for each of them: ${written} a,b, or as JSON '["a","b"]'; '*' is all keys`)
}

/** The elements of a JSON array as texts; null: it is none. */
function textsIn(json: string): readonly string[] | null {
  try {
    const list = JSON.parse(json) as readonly unknown[]
    return list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  } catch {
    return null
  }
}
