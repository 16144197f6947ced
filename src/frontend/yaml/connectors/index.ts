import type { Connector } from './connector.ts'
import { file } from './file.ts'
import { kafka } from './kafka.ts'

/** One line a connector. */
export const CONNECTORS: readonly Connector[] = [
  file, //
  kafka,
]
