import type { Span } from '../base/span.ts'

/** What the parser makes: the user's words as a tree. Names and types are unknown until `bind.ts` has seen it. */
export type Expression = { readonly span: Span } & (
  | { readonly kind: 'literal'; readonly value: null | boolean | number | bigint | string }
  /** TIMESTAMP '2024-05-01 10:00:00' (ms since 1970, UTC). */
  | { readonly kind: 'timestamp'; readonly value: number }
  /** INTERVAL '5' MINUTE, or a duration such as 5m; ms. */
  | { readonly kind: 'interval'; readonly value: number }
  /** A field: `a.b.c`, `"http.route"`, `.['duration-ms']`. `quoted` parts are never split at dots. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `:name`, given with --arg or --argjson. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** `x['member']` and `x[1]` (arrays count from 1, as in SQL) where it is not part of a field's path. */
  | { readonly kind: 'subscript'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'NOT'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'is'
      readonly operand: Expression
      readonly what: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN'
      readonly negated: boolean
    }
  | {
      readonly kind: 'in'
      readonly operand: Expression
      readonly list: readonly Expression[]
      readonly negated: boolean
    }
  | {
      readonly kind: 'between'
      readonly operand: Expression
      readonly low: Expression
      readonly high: Expression
      readonly negated: boolean
    }
  | {
      readonly kind: 'like'
      readonly operand: Expression
      readonly pattern: Expression
      readonly escape: Expression | null
      readonly negated: boolean
    }
  /** Both forms of CASE: with `operand`, each WHEN is compared with it. */
  | {
      readonly kind: 'case'
      readonly operand: Expression | null
      readonly whens: readonly { readonly when: Expression; readonly then: Expression }[]
      readonly otherwise: Expression | null
    }
  | {
      readonly kind: 'cast'
      readonly operand: Expression
      readonly to: string
      readonly typeSpan: Span
      readonly isTry: boolean
    }
  /** A scalar or aggregate function; keyword forms (EXTRACT(x FROM y), TRIM(BOTH..), POSITION(a IN b)...) are calls with a text literal first. */
  | {
      readonly kind: 'call'
      readonly name: string
      readonly nameSpan: Span
      readonly args: readonly Expression[]
      readonly distinct: boolean
      /** `count(*)`. */
      readonly star: boolean
      readonly filter: Expression | null
    }
)

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'AND'
  | 'OR'
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM'

/** One item of an ORDER BY: `expr [ASC|DESC] [NULLS FIRST|LAST]`; null: not said. */
export interface OrderItem {
  readonly expression: Expression
  readonly direction: 'asc' | 'desc' | null
  readonly nulls: 'first' | 'last' | null
  readonly span: Span
}

/** One item of a SELECT-like list: `expr [AS name]`, `*`, `* EXCEPT (a, b)`. */
export type SelectItem =
  | {
      readonly kind: 'expression'
      readonly expression: Expression
      readonly alias: { readonly path: readonly string[]; readonly span: Span } | null
      readonly span: Span
    }
  | {
      readonly kind: 'star'
      readonly except: readonly { readonly name: string; readonly span: Span }[]
      readonly span: Span
    }
