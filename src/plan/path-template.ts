import { TidemarkError } from '../base/errors.ts'

/** Units of event time that a path can name, from long to short. */
export const PATH_UNITS = ['day', 'hour', 'minute'] as const
export type PathUnit = (typeof PATH_UNITS)[number]

export type PathPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** Of the row's event time: `2024-05-01`, `00` to `23`, `00` to `59`. */
  | { readonly kind: 'unit'; readonly unit: PathUnit }
  /** The number of the part. */
  | { readonly kind: 'part' }
  /** A member of the row; members of members behind each other. */
  | { readonly kind: 'field'; readonly path: readonly string[] }

/** A path that differs from row to row: `hours/{day}/{user.id}.ndjson`. */
export interface PathTemplate {
  readonly text: string
  /** The folder before the first placeholder, which must be there. */
  readonly folder: string
  readonly pieces: readonly PathPiece[]
}

/** Does a path have placeholders? A brace that is meant is written twice. */
export const isPathTemplate = (text: string): boolean => /[{}]/.test(text)

/** Reads a path with placeholders, or one without any, which names one file. Throws E_OUTPUT. */
export function parsePathTemplate(text: string): PathTemplate {
  const pieces: PathPiece[] = []
  let literal = ''
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/gy
  for (const [whole, name] of text.matchAll(token)) {
    if (name === undefined) {
      if (whole === '{' || whole === '}') throw templateError(text, `'${whole}' stands alone`)
      literal += whole === '{{' ? '{' : whole === '}}' ? '}' : whole
      continue
    }
    if (literal) pieces.push({ kind: 'text', text: literal })
    literal = ''
    pieces.push(pieceOf(name, text))
  }
  if (literal) pieces.push({ kind: 'text', text: literal })
  if (text.endsWith('/')) throw templateError(text, 'it names a folder')
  return { text, folder: folderOf(pieces), pieces }
}

/** The shortest unit that the path names; null: it names none. */
export function shortestUnit({ pieces }: PathTemplate): PathUnit | null {
  const used = pieces.flatMap((piece) => (piece.kind === 'unit' ? [piece.unit] : []))
  return PATH_UNITS.findLast((unit) => used.includes(unit)) ?? null
}

function pieceOf(name: string, text: string): PathPiece {
  const unit = PATH_UNITS.find((one) => one === name)
  if (unit) return { kind: 'unit', unit }
  if (name === 'part') return { kind: 'part' }
  const path = (name.startsWith('.') ? name.slice(1) : name).split('.')
  if (path.some((member) => member === '')) throw templateError(text, `{${name}} names no field`)
  return { kind: 'field', path }
}

function folderOf(pieces: readonly PathPiece[]): string {
  const first = pieces[0]
  if (first?.kind !== 'text') return '.'
  const slash = first.text.lastIndexOf('/')
  return slash < 0 ? '.' : slash === 0 ? '/' : first.text.slice(0, slash)
}

const templateError = (text: string, what: string): TidemarkError =>
  new TidemarkError('E_OUTPUT', `cannot write to ${text}: ${what}`, {
    hint: '{day}, {hour}, {minute}, {part} and fields of the row such as {user.id} can stand in a path; a brace that is meant is written twice',
  })
