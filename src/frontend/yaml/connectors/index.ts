import type { Connector } from './connector.ts'
import { file } from './file.ts'

/** One line a connector. */
export const CONNECTORS: readonly Connector[] = [
  file, //
]
