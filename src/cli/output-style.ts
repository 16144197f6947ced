import { statSync } from 'node:fs'
import { TidemarkError } from '../base/errors.ts'
import type { OutputStyle } from '../formats/output/create-output-writer.ts'
import type { JobOptions } from '../frontend/flags/command-line.ts'
import type { SinkOptions } from '../frontend/planned-job.ts'
import { upsertKeys } from '../plan/upsert-keys.ts'
import { wantsColor } from './color.ts'
import type { World } from './world.ts'

/** How the rows of a sink are written, as far as its options, the plan and its place decide it. Call before outputs are opened. Throws E_CHANGELOG. */
export function outputStyle(sink: SinkOptions, color: JobOptions['color'], world: World): OutputStyle {
  const { outputFormat: format, changelog, output, append, from } = sink
  if (changelog === 'upsert' && from.some((node) => node.schema.changelog === 'retract' && upsertKeys(node) === null)) {
    throw new TidemarkError('E_CHANGELOG', '--changelog upsert needs the keys of the result among its columns', {
      hint: 'keep the keys (and window_start, window_end) in select, or write --changelog op',
    })
  }
  const isShown = output.kind === 'stdout' && world.isTerminal.stdout
  const isColored = format === 'table' && output.kind === 'stdout' && wantsColor(color, isShown)
  return {
    format,
    changelog,
    isContinued: append && output.kind === 'file' && hasContent(output.path),
    terminalWidth: isShown ? (world.terminalColumns ?? null) : null,
    emphasize: isColored ? (text) => `\u001b[1m${text}\u001b[22m` : (text) => text,
  }
}

const hasContent = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
