import { findFlag } from '../../flags/definitions.ts'
import type { YamlNode } from '../document.ts'
import type { Connector, ConnectorReading } from './connector.ts'

const scalarOf = (node: YamlNode, reading: ConnectorReading) => reading.scalar(node, 'file is a path')

/** `file: PATH`; a source may have several, read one after the other. `"-"` is a standard stream. */
export const file: Connector = {
  name: 'file',
  summary: 'a path, relative to this file; "-" is standard input or output',
  source: {
    schema: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] },
    read: (node, reading) => {
      const items = node.kind === 'list' ? node.items : [node]
      return { files: items.map((item) => reading.path(scalarOf(item, reading))), uses: [] }
    },
  },
  sink: {
    schema: { type: 'string' },
    read: (node, reading, { owner }) => {
      const scalar = scalarOf(node, reading)
      const origin = `${owner}.file`
      reading.place(origin, scalar)
      return [{ flag: findFlag('output')!, written: 'file', value: reading.path(scalar), origin }]
    },
  },
}
