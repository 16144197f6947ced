import { TidemarkError } from '../../../base/errors.ts'
import type { Span } from '../../../base/span.ts'
import type { StepBase, Verb } from '../verb.ts'

export interface SampleOptions extends StepBase {
  readonly verb: 'sample'
  /** From 0 to 1. */
  readonly share: number
  readonly by: readonly Span[]
}

export const sample: Verb<SampleOptions> = {
  name: 'sample',
  argument: {
    placeholder: 'SHARE',
    kind: 'share',
    summary: 'about how many of the rows pass: 10%, 0.5%',
    example: 'sample 10%',
  },
  summary: 'a share of the rows, the same ones in every run',
  group: 'rows',
  needsTime: false,
  flags: ['by', 'name'],
  flagLines: { by: { summary: 'a share of the keys, with all their rows', default: 'of the rows' } },
  usage: 'sample SHARE [-b KEYS]',
  examples: [
    { command: 'tidemark sample 1% access.ndjson' },
    { command: 'tidemark sample 10% -b user_id then aggregate -b user_id clicks.ndjson' },
  ],
  notes: [
    'No dice: a hash of the row, or of its key, decides. Equal rows pass together or not at all, here as',
    'in any other run, and 10% passes whatever 1% does.',
  ],
  manual: [
    'The hash is that of the line as it came, and of the columns that steps before have made; with --by that of the keys alone, equal as everywhere: 1 = 1.0. It is the same in all releases.',
    'sample 1% gives about one row in a hundred. For the first N rows of a window or of a key there is top; for N rows of the input, head -n.',
  ],
  seeAlso: 'filter, top',
  parse: (step) => ({ verb: 'sample', name: step.name, share: readShare(step.argument), by: step.list('by') }),
  plan: ({ share, by }, planning) =>
    planning.builder.sample(planning.input, { share, keys: planning.expressionList(by) }, planning.step),
}

function readShare({ text }: Span): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const share = match ? Number(match[1]) / 100 : 0
  if (share > 0 && share <= 1) return share
  const rows = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
  const hint =
    rows === null
      ? 'for example: tidemark sample 10%'
      : `one row in ${rows}: sample ${Number((100 / rows).toPrecision(6))}%; ${rows} rows of each window or key: top ${rows}`
  throw new TidemarkError('E_FLAG_VALUE', `sample takes a share above 0% and up to 100%, not '${text}'`, { hint })
}
