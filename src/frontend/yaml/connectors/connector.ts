import type { FlagUse } from '../../flags/lexed.ts'
import type { YamlNode, YamlScalar } from '../document.ts'

/** How a connector reads its part of the file. */
export interface ConnectorReading {
  /** A text with its variables filled in. */
  text(node: YamlScalar): string
  /** A path: variables filled in, and relative to the pipeline file's folder. */
  path(node: YamlScalar): string
  /** The node, if it is a text. Throws E_PIPELINE; `what`: the words for what it is. */
  scalar(node: YamlNode, what: string): YamlScalar
}

export interface ConnectorSide<T> {
  /** JSON Schema of its value, for editors. */
  readonly schema: object
  read(node: YamlNode, reading: ConnectorReading): T
  /** Flags that say the same, instead of files or an output. */
  uses?(node: YamlNode, reading: ConnectorReading): readonly FlagUse[]
}

/** A place where rows come from or go to, as a source or sink of a pipeline file names it. */
export interface Connector {
  /** The key. */
  readonly name: string
  readonly summary: string
  /** The FILE operands of a command line that would read the same. */
  readonly source: ConnectorSide<readonly string[]>
  /** What `--output` would be. */
  readonly sink: ConnectorSide<string>
}
