/**
 * Static types. Rows without a schema have `any` columns: each value is what the row holds. Expressions and operators make typed
 * columns: `timestamp` (ms since 1970-01-01T00:00:00Z, as a double), `interval` (ms), `bigint` (BIGINT, exact, 64 bits).
 */
export type ColumnType = 'any' | 'boolean' | 'number' | 'bigint' | 'string' | 'timestamp' | 'interval'

/** Types whose values a column keeps in `numbers`. */
export const isNumeric = (type: ColumnType) => type === 'number' || type === 'timestamp' || type === 'interval'
