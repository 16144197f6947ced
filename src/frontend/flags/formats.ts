import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { JobOptions } from './command-line.ts'
import { type FlagUse, spanOfUse } from './lexed.ts'
import { readKeyword, useOf } from './values.ts'

const OUTPUT_FORMATS = ['ndjson', 'csv', 'tsv', 'table'] as const
const INPUT_FORMATS = ['ndjson', 'csv', 'tsv'] as const
const INPUT_CHANGELOGS = ['op', 'debezium', 'upsert'] as const
const CHANGELOG_FORMS = ['op', 'debezium', 'upsert'] as const

/** How rows are written. */
export function parseFormats(
  uses: readonly FlagUse[],
): Pick<JobOptions, 'outputFormat' | 'changelog' | 'inputStyle' | 'inputKeys'> {
  const inputStyle = parseInputStyle(uses)
  return {
    outputFormat: keyword(uses, 'output-format', OUTPUT_FORMATS) ?? 'ndjson',
    changelog: keyword(uses, 'changelog', CHANGELOG_FORMS) ?? 'op',
    inputStyle,
    inputKeys: parseInputKeys(uses, inputStyle.changelog),
  }
}

function parseInputStyle(uses: readonly FlagUse[]): JobOptions['inputStyle'] {
  const format = keyword(uses, 'input-format', INPUT_FORMATS) ?? 'ndjson'
  const changelog = keyword(uses, 'input-changelog', INPUT_CHANGELOGS) ?? null
  const header = useOf(uses, 'csv-header')
  if (header && format === 'ndjson') {
    throw new TidemarkError('E_FLAG', '--csv-header needs --input-format csv or tsv', {
      hint: 'rows of NDJSON have names of their own',
    })
  }
  if (changelog !== null && format !== 'ndjson') {
    throw new TidemarkError('E_FLAG', `--input-changelog ${changelog} is JSON, and --input-format is ${format}`, {
      hint: 'leave one of them out',
    })
  }
  return { format, changelog, header: header ? readNames(header) : null }
}

function parseInputKeys(uses: readonly FlagUse[], changelog: JobOptions['inputStyle']['changelog']): readonly Span[] {
  const keys = uses.filter(({ flag }) => flag.name === 'input-key')
  if (changelog === 'upsert' && keys.length === 0)
    throw new TidemarkError('E_FLAG', '--input-changelog upsert needs --input-key', {
      hint: 'by what rows replace each other: --input-key user, or --input-key window_start,window_end,user',
    })
  if (changelog !== 'upsert' && keys.length > 0)
    throw new TidemarkError('E_FLAG', `${keys[0]!.written} needs --input-changelog upsert`, {
      hint: 'other rows say themselves what they take back',
    })
  return keys.map(spanOfUse)
}

/** `a,b,c`: names of columns, which hold no commas. */
function readNames({ written, value }: FlagUse): readonly string[] {
  const names = value.split(',').map((name) => name.trim())
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) !== i)
  if (wrong === undefined) return names
  throw new TidemarkError('E_FLAG_VALUE', `${written} is a list of different names, not '${value}'`, {
    hint: `${written} ts,user,amount`,
  })
}

function keyword<K extends string>(uses: readonly FlagUse[], name: string, keywords: readonly K[]): K | undefined {
  const use = useOf(uses, name)
  return use && readKeyword(use, keywords)
}

/** Throws E_FLAG for formats that do not go together, or not with the place where rows go. */
export function checkFormats(uses: readonly FlagUse[], { outputFormat, changelog, output }: JobOptions): void {
  if (outputFormat !== 'ndjson' && changelog !== 'op') {
    throw new TidemarkError('E_FLAG', `--changelog ${changelog} is JSON, and --output-format is ${outputFormat}`, {
      hint: 'leave one of them out; in a table or CSV, updates are told by the column _op',
    })
  }
  const format = useOf(uses, outputFormat === 'ndjson' ? 'changelog' : 'output-format')
  if (output.kind !== 'parts' || !format || (outputFormat === 'ndjson' && changelog === 'op')) return
  throw new TidemarkError(
    'E_FLAG',
    `${format.written} ${format.value} needs one output, and -o ${output.template.text} is many files`,
    {
      hint: 'NDJSON with _op can be written to many files',
    },
  )
}
