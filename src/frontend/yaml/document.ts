import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, type Scalar, type YAMLError } from 'yaml'
import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { nearRefusal, syntaxError, unwantedNode } from './syntax-refusals.ts'

/** The text of a pipeline file; spans are stretches of it. */
export interface YamlText {
  /** As the user named it. */
  readonly path: string
  readonly text: string
}

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: null | boolean | number | string
  /** As written, without quotes and comments; empty for null. */
  readonly text: string
  readonly style: 'plain' | 'quoted' | 'literal' | 'folded'
}

export interface YamlEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: YamlNode
}

export interface YamlMap {
  readonly kind: 'map'
  readonly span: Span
  readonly entries: readonly YamlEntry[]
}

export interface YamlList {
  readonly kind: 'list'
  readonly span: Span
  readonly items: readonly YamlNode[]
}

/** What a pipeline file consists of: YAML 1.2, core schema, without tags, anchors and aliases. */
export type YamlNode = YamlScalar | YamlMap | YamlList

/** The words for a kind of node, in messages. */
export const KIND_WORDS = { scalar: 'a text', map: 'a mapping', list: 'a list' } as const

/** Reads a file of one document. Throws E_YAML, with line and caret, also for what the package only warns of. */
export function readYaml(file: YamlText): YamlNode {
  const document = parseDocument(file.text, {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    logLevel: 'warn',
    merge: false,
  })
  const fault: YAMLError | undefined = document.errors[0] ?? document.warnings[0]
  if (fault) throw syntaxError(file, fault)
  if (document.contents === null) {
    const span = { source: file.path, text: file.text, start: 0, end: 0 }
    throw new TidemarkError('E_YAML', 'the file is empty', { span, hint: 'tidemark: 1 is its first line' })
  }
  return new Reader(file).node(document.contents)
}

class Reader {
  readonly #file: YamlText

  constructor(file: YamlText) {
    this.#file = file
  }

  node(node: ParsedNode): YamlNode {
    const span = this.#span(node.range[0], node.range[1])
    if (isAlias(node) || node.tag !== undefined || node.anchor !== undefined) throw unwantedNode(this.#file, node, span)
    if (isScalar(node)) return this.#scalar(node, span)
    if (isSeq(node)) return { kind: 'list', span, items: node.items.map((item) => this.node(item as ParsedNode)) }
    if (isMap(node)) return { kind: 'map', span, entries: this.#entries(node.items as never) }
    throw nearRefusal(span)
  }

  #scalar(node: Scalar.Parsed, span: Span): YamlScalar {
    const style =
      node.type === 'PLAIN'
        ? 'plain'
        : node.type === 'BLOCK_LITERAL'
          ? 'literal'
          : node.type === 'BLOCK_FOLDED'
            ? 'folded'
            : 'quoted'
    const value = node.value as YamlScalar['value']
    const text = style === 'plain' ? node.source : String(value)
    return { kind: 'scalar', span, value, text: value === null ? '' : text, style }
  }

  #entries(pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[]): readonly YamlEntry[] {
    return pairs.map(({ key, value }) => {
      const read = this.node(key)
      if (read.kind !== 'scalar') throw nearRefusal(read.span)
      const nothing: YamlScalar = { kind: 'scalar', span: read.span, value: null, text: '', style: 'plain' }
      return {
        key: read.value === null ? '' : read.text,
        keySpan: read.span,
        value: value ? this.node(value) : nothing,
      }
    })
  }

  #span(start: number, end: number): Span {
    return { source: this.#file.path, text: this.#file.text, start, end: Math.max(end, start + 1) }
  }
}
