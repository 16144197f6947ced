import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { nearest } from '../flags/definitions.ts'
import { listed } from '../flags/values.ts'
import type { YamlEntry, YamlNode } from './document.ts'
import { KIND_WORDS } from './document.ts'

export const refusal = (what: string, span: Span, hint?: string): TidemarkError =>
  new TidemarkError('E_PIPELINE', what, hint === undefined ? { span } : { span, hint })

/** `where`: the words for what has the keys. */
export function unknownKey({ key, keySpan }: YamlEntry, where: string, keys: readonly string[]): TidemarkError {
  const near = nearest(key, keys)
  return refusal(
    `${where} has no key '${key}'`,
    keySpan,
    near ? `did you mean '${near}'?` : `keys are ${keys.join(', ')}`,
  )
}

/** A value of the wrong kind; `what`: what it should be, as in `sources is a mapping`. */
export function wrongKind(node: YamlNode, what: string, hint?: string): TidemarkError {
  const found = node.kind === 'scalar' && node.value === null ? 'nothing' : KIND_WORDS[node.kind]
  return refusal(`${what}, not ${found}`, oneLine(node.span), hint)
}

/** `name` is none of what can be named. */
export function unknownName(name: string, span: Span, known: readonly string[]): TidemarkError {
  const near = nearest(name, known)
  const hint = near
    ? `did you mean '${near}'?`
    : `there ${known.length === 1 ? 'is' : 'are'} ${listed(known).replace(' or ', ' and ')}`
  return refusal(`there is no source and no step above called '${name}'`, span, hint)
}

/** Its first line. */
export function oneLine(span: Span): Span {
  const newline = span.text.indexOf('\n', span.start)
  return newline < 0 ? span : { ...span, end: Math.min(span.end, newline) }
}
