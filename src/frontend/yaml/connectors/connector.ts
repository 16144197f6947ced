import type { Span } from '../../../base/span.ts'
import type { FlagUse } from '../../flags/lexed.ts'
import type { YamlNode, YamlScalar } from '../document.ts'

/** How a connector reads its part of the file. */
export interface ConnectorReading {
  /** A text with its variables filled in. */
  text(node: YamlScalar): string
  /** Does something stand in it that is not known here, since nothing will be done with it? */
  isOpen(node: YamlScalar): boolean
  /** A path: variables filled in, and relative to the pipeline file's folder. */
  path(node: YamlScalar): string
  /** The node, if it is a text. Throws E_PIPELINE; `what`: the words for what it is. */
  scalar(node: YamlNode, what: string): YamlScalar
  /** From now on messages about `origin` point to where the text stands. */
  place(origin: string, scalar: YamlScalar): void
}

/** A source or sink, and what stands around it. */
export interface ConnectorPlace {
  readonly owner: string
  /** Of the connector's key. */
  readonly span: Span
  /** What the sources of the file say, for sinks: they may go where rows come from. */
  readonly sources: readonly (readonly FlagUse[])[]
}

export interface ConnectorSide<T> {
  /** JSON Schema of its value, for editors. */
  readonly schema: object
  read(node: YamlNode, reading: ConnectorReading, place: ConnectorPlace): T
}

/** What of a command line would read the same. */
export interface RowsFrom {
  /** FILE operands. */
  readonly files: readonly string[]
  readonly uses: readonly FlagUse[]
}

/** A place where rows come from or go to, as a source or sink of a pipeline file names it. */
export interface Connector {
  /** The key. */
  readonly name: string
  readonly summary: string
  readonly source: ConnectorSide<RowsFrom>
  /** The flags of a command line that would write the same. */
  readonly sink: ConnectorSide<readonly FlagUse[]>
}
