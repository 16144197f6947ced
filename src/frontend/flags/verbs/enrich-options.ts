import { basename } from 'node:path'
import { TidemarkError } from '../../../base/errors.ts'
import type { RowName } from '../../../plan/joining.ts'
import { ENRICH_KINDS, type EnrichKind } from '../../../plan/kinds/enrich.ts'
import type { TableSpec } from '../../../plan/kinds/table.ts'
import { spanOfUse } from '../lexed.ts'
import type { StepReader } from '../step-reader.ts'
import { readRowName } from './join-options.ts'

const FORMATS = ['ndjson', 'csv', 'tsv'] as const

/** `--table` and `--table-format`. */
export function readTable(step: StepReader): TableSpec {
  const { value: file } = step.use('table')!
  return { file, format: step.keyword('table-format', FORMATS) ?? formatOf(file) }
}

/** By the end of its name, or what stands before that of a compressed file. */
function formatOf(file: string): TableSpec['format'] {
  const [, ending] = /\.(csv|tsv)(?:\.(?:gz|zst))?$/i.exec(file) ?? []
  return ending === undefined ? 'ndjson' : ending.toLowerCase() === 'csv' ? 'csv' : 'tsv'
}

/** `--kind`, and `--as`, which is the name of the file if that is a name. */
export function readEnriched(step: StepReader): { readonly join: EnrichKind; readonly as: RowName | null } {
  const kind = step.use('kind')
  const join = step.keyword('kind', ENRICH_KINDS) ?? 'left'
  const use = step.use('as')
  if (join === 'semi' || join === 'anti') {
    if (use === undefined) return { join, as: null }
    throw new TidemarkError('E_FLAG', `${use.written} has no effect: ${kind!.written} ${join} adds nothing to the rows`)
  }
  if (use) return { join, as: { name: readRowName(use), span: spanOfUse(use) } }
  const table = step.use('table')!
  const name = basename(table.value).replace(/\..*$/s, '')
  if (/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name)) return { join, as: { name, span: spanOfUse(table) } }
  throw new TidemarkError('E_FLAG', 'enrich needs --as', {
    hint: `the row of the table goes under one member, and '${table.value}' makes no name: --as user makes user.name`,
  })
}
