import { formatDuration } from '../time/duration.ts'
import { isGreedy, type Pattern, type PatternPart, repeats, type SkipStrategy } from './pattern.ts'

/** A pattern as text: one text for all ways to write it. */
export function patternText({ parts, within }: Pick<Pattern, 'parts' | 'within'>): string {
  return `${sequenceText(parts)}${within === null ? '' : ` within ${formatDuration(within)}`}`
}

export const skipText = (skip: SkipStrategy): string => ('name' in skip ? `${skip.kind}:${skip.name}` : skip.kind)

const LINKS = {
  next: ' ',
  'followed-by': ' -> ',
  'followed-by-any': ' ->> ',
  'not-next': ' !',
  'not-followed-by': ' -> !',
} as const

const sequenceText = (parts: readonly PatternPart[]): string =>
  parts.map((part, i) => `${i === 0 ? '' : LINKS[part.contiguity as keyof typeof LINKS]}${partText(part)}`).join('')

/** One part, without what ties it to the one before. */
export function partText(part: PatternPart): string {
  const body = part.kind === 'step' ? part.name : `(${sequenceText(part.parts)})`
  const options = [
    ...(repeats(part) && part.quantifier.inner !== 'strict' ? [part.quantifier.inner] : []),
    ...(part.until === null ? [] : [`until ${part.until}`]),
    ...(part.within === null ? [] : [`within ${formatDuration(part.within.ms)}`]),
  ]
  return `${body}${timesText(part)}${options.length > 0 ? `[${options.join(', ')}]` : ''}`
}

function timesText(part: PatternPart): string {
  const { min, max, optional, inner } = part.quantifier
  if (!repeats(part)) return optional ? '?' : ''
  const canBeGreedy = part.kind === 'step' && inner !== 'any' && min !== max
  const mark = canBeGreedy && !isGreedy(part) ? '?' : ''
  if (max === null && min === 1) return `${optional ? '*' : '+'}${mark}`
  const times = min === max ? `{${min}}` : `{${min},${max ?? ''}}`
  // none at all, or at least two: no quantifier says that, a group does
  return optional ? (min === 1 ? `{0,${max}}${mark}` : `${times}${mark}?`) : `${times}${mark}`
}
