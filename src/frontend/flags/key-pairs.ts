import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { Expression } from '../../expressions/expression.ts'
import { parseExpressionList } from '../../expressions/parse.ts'
import type { JoinKey } from '../../plan/joining.ts'

/** `--on "id = ref, a = b"`: pairs of keys, left = right, with commas or AND between; a field alone is one of both sides. Throws E_EXPRESSION. */
export function parseKeyPairs(uses: readonly Span[]): readonly JoinKey[] {
  return uses.flatMap(({ text, source }) =>
    parseExpressionList(text, source).flatMap((item) => {
      if (item.kind === 'expression' && item.alias === null) return pairsOf(item.expression)
      throw refusal(item.span, 'keys have no names of their own')
    }),
  )
}

function pairsOf(expression: Expression): readonly JoinKey[] {
  if (expression.kind === 'field') return [{ left: expression, right: expression }]
  if (expression.kind === 'binary' && expression.operator === '=')
    return [{ left: expression.left, right: expression.right }]
  if (expression.kind === 'binary' && expression.operator === 'AND')
    return [...pairsOf(expression.left), ...pairsOf(expression.right)]
  throw refusal(expression.span, 'other conditions go into a filter behind it')
}

const refusal = (span: Span, hint: string) =>
  new TidemarkError('E_EXPRESSION', '--on takes pairs of keys: a field of the left rows = a field of the right rows', {
    span,
    hint,
  })
