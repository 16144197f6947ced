import { isAlias, type ParsedNode, type YAMLError } from 'yaml'
import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { YamlText } from './document.ts'

/** What the package says no to, in our words: what, where, and what to write. */
export function syntaxError(file: YamlText, { code, message, pos }: YAMLError): TidemarkError {
  const span = spanAt(file, pos)
  const quoted = quotedValue(file.text, pos[0])
  const quote = quoted === undefined ? undefined : `quote it: ${quoted}`
  const refuse = (what: string, hint?: string) =>
    new TidemarkError('E_YAML', what, hint === undefined ? { span } : { span, hint })
  switch (code) {
    case 'DUPLICATE_KEY':
      return refuse(
        `'${/^["'\w-]+/.exec(file.text.slice(pos[0]))?.[0] ?? written(span)}' stands twice`,
        'keep one of them',
      )
    case 'BAD_ALIAS':
      return refuse(`'${written(span)}' begins an alias to YAML`, quote)
    case 'TAG_RESOLVE_FAILED':
      return refuse(`'${written(span)}' is a tag to YAML`, quote)
    case 'BAD_SCALAR_START':
      return refuse(`a value cannot begin with '${written(span)}'`, quote)
    case 'TAB_AS_INDENT':
      return refuse('a tab stands where YAML wants spaces', 'indent with spaces')
    case 'MULTIPLE_DOCS':
      return refuse('the file holds a second document', 'a pipeline is one; leave out what begins with ---')
    case 'MISSING_CHAR':
      return refuse(`${/quote/.test(message) ? 'a quote' : 'a bracket'} is not closed`)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return refuse("': ' makes a mapping out of a value", quote)
    case 'UNEXPECTED_TOKEN':
    case 'BLOCK_IN_FLOW':
      return refuse(
        lowered(message),
        isDash(file.text, pos[0]) ? 'a standard stream is written with quotes: "-"' : quote,
      )
    case 'BAD_INDENT':
      return message.startsWith('Flow')
        ? refuse('a bracket is not closed')
        : refuse(lowered(message), 'lines of one list or mapping begin in the same column')
    default:
      return refuse(lowered(message))
  }
}

/** A tag, an anchor or an alias: YAML that a pipeline has no use for, and that expressions are taken for. */
export function unwantedNode(file: YamlText, node: ParsedNode, span: Span): TidemarkError {
  const start = isAlias(node) ? node.range[0] : lineStart(file.text, node.range[0])
  const quoted = quotedValue(file.text, start)
  const what = isAlias(node)
    ? `'*${node.source}' is an alias to YAML`
    : node.anchor === undefined
      ? 'a pipeline has no tags'
      : `'&${node.anchor}' is an anchor to YAML`
  const hint = quoted === undefined ? 'a text that begins so must be quoted' : `quote it: ${quoted}`
  return new TidemarkError('E_YAML', what, { span, hint })
}

export const nearRefusal = (span: Span): TidemarkError =>
  new TidemarkError('E_YAML', 'keys are words', { span, hint: 'write: key: value' })

/** At the end of the file, what stands last is shown. */
function spanAt({ path, text }: YamlText, [start, end]: readonly [number, number]): Span {
  const last = text.trimEnd().length
  return start >= last && last > 0
    ? { source: path, text, start: last - 1, end: last }
    : { source: path, text, start, end: Math.max(end, start + 1) }
}

const isDash = (text: string, at: number) => /^-(?=\s)/.test(text.slice(at))

const written = ({ text, start, end }: Span) => text.slice(start, end)
const lowered = (message: string) => message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '')
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1

/**
 * `key: 'value'` of the line around `at`, whose value was meant as one text; undefined where the line is not `key: value`. Between the braces of a flow mapping only
 * the entry around `at` counts.
 */
function quotedValue(text: string, at: number): string | undefined {
  const start = lineStart(text, at)
  const end = text.indexOf('\n', at)
  const line = text.slice(start, end < 0 ? text.length : end)
  const match = /^\s*(?:- +)?(?:\{ *[\w-]+: .*?, *)?([\w-]+|"[\w-]+"): +(\S.*?)\s*$/.exec(line)
  if (!match || /^[[{|>]/.test(match[2]!)) return undefined
  const value = /^\s*(?:- +)?\{/.test(line) ? match[2]!.replace(/\s*\}$/, '') : match[2]!
  return `${match[1]}: '${value.replaceAll("'", "''")}'`
}
