import { createOutputWriter, type OutputStyle } from '../formats/output/create-output-writer.ts'
import type { OutputWriter } from '../formats/output/output-writer.ts'
import type { Layout } from '../plan/layout.ts'
import { upsertKeys } from '../plan/upsert-keys.ts'
import type { JobOptions } from './create-job.ts'
import { shapeOf } from './step-context.ts'

const NDJSON: OutputStyle = {
  format: 'ndjson',
  changelog: 'op',
  isContinued: false,
  terminalWidth: null,
  emphasize: (text) => text,
}

/** What prints the result of a job. */
export function resultWriter(options: JobOptions, layout: Layout): OutputWriter {
  const { root, style = NDJSON } = options
  const slots = layout.slots.get(root)!
  const keys = upsertKeys(root)?.map(({ path, field, fraction }) => ({
    name: path,
    slot: slots.indexOf(field),
    type: field.type,
    fraction,
  }))
  return createOutputWriter(shapeOf(root, layout, options), style, keys ?? null)
}
