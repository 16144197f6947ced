import { RowError } from '../../base/errors.ts'
import { JsonText, type Value } from '../../data/value.ts'

/** A nested value, or JSON in a text, as `JSON.parse` gives it; undefined for a text that is not JSON. */
export function parsedOf(value: Value): unknown {
  if (value instanceof JsonText) return value.parsed()
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

export const isNested = (found: unknown): found is object => typeof found === 'object' && found !== null

/** May the path lead to several values? Then all that it leads to are one array. */
export const isManyPath = (path: string): boolean => path.includes('*')
export const isStrictPath = (path: string): boolean => /^\s*strict\s/.test(path)

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'all' }

/** Finds what a path leads to in a parsed JSON value: every hit, in document order. Members are own properties only. */
export type JsonPath = (parsed: unknown) => readonly unknown[]

/**
 * A path of SQL/JSON: `$`, `.name`, `['name']`, `[0]` (elements count from 0 here), `[*]`, `.*`, with `lax` or `strict` in front.
 * Throws `RowError` for any other.
 */
export function jsonPath(path: string): JsonPath {
  const body = path.trim().replace(/^(?:lax|strict)\s+/, '')
  const pattern = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\.?\[\s*(?:'([^']*)'|"([^"]*)"|(\d+)|(\*))\s*\]|\.(\*)/uy
  const steps: Step[] = []
  let at = 1
  while (body.startsWith('$') && at < body.length) {
    pattern.lastIndex = at
    const match = pattern.exec(body)
    if (match === null) break
    at = pattern.lastIndex
    const [, name, single, double, index] = match
    const member = name ?? single ?? double
    if (member !== undefined) steps.push({ kind: 'member', name: member })
    else steps.push(index === undefined ? { kind: 'all' } : { kind: 'element', index: Number(index) })
  }
  if (!body.startsWith('$') || at < body.length)
    throw new RowError(`'${path}' is not a JSON path`, "a path is like $.user.name, $.items[0] or $['odd name']")
  return (parsed) => steps.reduce<readonly unknown[]>(follow, [parsed])
}

function follow(found: readonly unknown[], step: Step): readonly unknown[] {
  const next: unknown[] = []
  for (const value of found) {
    if (typeof value !== 'object' || value === null) continue
    if (step.kind === 'all') next.push(...Object.values(value))
    else if (step.kind === 'element') {
      if (Array.isArray(value) && step.index < value.length) next.push(value[step.index])
    } else if (!Array.isArray(value) && Object.hasOwn(value, step.name))
      next.push((value as Record<string, unknown>)[step.name])
  }
  return next
}
