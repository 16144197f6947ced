import { TidemarkError } from '../base/errors.ts'
import type { KafkaSink } from '../connectors/kafka.ts'
import type { BoundExpression } from '../expressions/bound.ts'
import { parseExpression, parseFieldPath } from '../expressions/parse.ts'
import type { PlanBuilder } from '../plan/builder.ts'
import type { PlanNode } from '../plan/nodes.ts'

/** What stands beside the values of records, bound to the rows of a node. As `RecordParts` of the job, which stands above this room. */
export interface PlannedRecord {
  readonly topic: readonly (string | BoundExpression)[]
  readonly key: BoundExpression | null
  readonly headers: readonly (readonly [name: string, value: BoundExpression])[]
}

/** Throws what is wrong with an expression; E_FLAG_VALUE for a topic or a header that cannot be read. `nameOf`: how an option is called where it was said. */
export function planRecord(
  builder: PlanBuilder,
  node: PlanNode,
  { topic, key, headers }: Pick<KafkaSink, 'topic' | 'key' | 'headers'>,
  nameOf: (option: string) => string,
): PlannedRecord {
  return {
    topic: topicParts(topic, nameOf('topic')).map((part) =>
      typeof part === 'string' ? part : builder.expression(node, parseExpression(part.path, nameOf('topic'))),
    ),
    key: key === null ? null : builder.expression(node, parseExpression(key, nameOf('key'))),
    headers: headers.map((text) => {
      const colon = text.indexOf(':')
      const name = text.slice(0, colon).trim()
      if (colon > 0 && name !== '')
        return [name, builder.expression(node, parseExpression(text.slice(colon + 1).trim(), nameOf('headers')))]
      throw new TidemarkError('E_FLAG_VALUE', `${nameOf('headers')} is NAME: EXPRESSION, not '${text}'`)
    }),
  }
}

/** `alerts-{kind}`: texts, and paths of fields. */
function topicParts(topic: string, written: string): readonly (string | { readonly path: string })[] {
  const parts = topic.split(/(\{[^{}]*\})/).filter((part) => part !== '')
  return parts.map((part) => {
    if (part.startsWith('{')) {
      const path = part.slice(1, -1)
      parseFieldPath(path, written)
      return { path }
    }
    if (/^[\w.-]+$/.test(part)) return part
    throw new TidemarkError('E_FLAG_VALUE', `${written} '${topic}' cannot be the name of a topic`, {
      hint: 'letters, digits, and . _ - only; {field} is a field of the row',
    })
  })
}
