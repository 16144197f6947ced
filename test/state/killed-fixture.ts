import { join } from 'node:path'
import { REPOSITORY } from '../repository.ts'

/** A job of format 1 that was killed between the decision on an epoch and its commit: input, outputs, state, and what it gives undisturbed (`whole`). */
export const KILLED = join(REPOSITORY, 'fixtures/checkpoints/v1-killed')

export const OUTPUTS = ['out.ndjson', 'late.ndjson', 'bad.ndjson'] as const

export const CHAIN: readonly string[] = [
  ...['-t', 'ts', '-w', '5s', '--checkpoint-interval', 'rows:30'],
  ...['dedup', '-b', 'id', '--within', '1m', '--keep', 'last', 'then', 'tumble', '30s', '-b', 'k'],
  ...['-a', 'count(*) AS n, sum(x) AS total, count(DISTINCT id) AS ids', 'in-1.ndjson', 'in-2.ndjson', 'in-3.ndjson'],
]

export const SINKS: readonly string[] = ['-o', 'out.ndjson', '--late', 'late.ndjson', '--on-error', 'bad.ndjson']

export const WORDS: readonly string[] = ['--state', 'st', ...SINKS, ...CHAIN]
