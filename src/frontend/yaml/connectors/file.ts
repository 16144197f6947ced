import type { YamlNode } from '../document.ts'
import type { Connector, ConnectorReading } from './connector.ts'

const path = (node: YamlNode, reading: ConnectorReading): string => reading.path(reading.scalar(node, 'file is a path'))

/** `file: PATH`; a source may have several, read one after the other. `"-"` is a standard stream. */
export const file: Connector = {
  name: 'file',
  summary: 'a path, relative to this file; "-" is standard input or output',
  source: {
    schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] },
    read: (node, reading) =>
      node.kind === 'list' ? node.items.map((item) => path(item, reading)) : [path(node, reading)],
  },
  sink: { schema: { type: 'string' }, read: path },
}
