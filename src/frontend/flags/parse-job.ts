import { TidemarkError } from '../../base/errors.ts'
import { isPathTemplate, parsePathTemplate, shortestUnit } from '../../plan/path-template.ts'
import type { Duration } from '../../time/duration.ts'
import { UTC, zoneOf } from '../../time/zone.ts'
import type { BadRowPolicy, Binding, Destination, JobOptions, LatePolicy } from './command-line.ts'
import { checkFormats, parseFormats } from './formats.ts'
import { type FlagUse, type LexedChain, spanOfUse } from './lexed.ts'
import { checkKafka, parseKafkaSink, parseKafkaSource } from './parse-kafka.ts'
import { readUntil } from './read-until.ts'
import {
  readBinding,
  readDestination,
  readDuration,
  readErrorLimit,
  readFolder,
  readInterval,
  readKeyword,
  readKeywordOrFile,
  readRoll,
  readSize,
  useOf,
} from './values.ts'

const DEFAULT_LINE_LIMIT = 16 * 1024 ** 2
const DEFAULT_INTERVAL = { kind: 'time', ms: 10_000 } as const
const TIME_FORMATS = ['auto', 'iso', 's', 'ms', 'us', 'ns'] as const

/** The job flags of a line, with defaults. Throws for values that a flag does not take and flags that contradict each other. */
export function parseJob({ jobFlags: uses, files }: Pick<LexedChain, 'jobFlags' | 'files'>): JobOptions {
  const given = (name: string) => useOf(uses, name) !== undefined
  const job: JobOptions = {
    ...parseTime(uses),
    ...parseInputs(uses, files),
    ...parseLoss(uses),
    ...parseState(uses),
    ...parseKafka(uses),
    merge: given('merge'),
    follow: given('follow'),
    ordered: given('ordered'),
    lineLimit: read(uses, 'line-limit', readSize) ?? DEFAULT_LINE_LIMIT,
    scanner: read(uses, 'scanner', (use) => readKeyword(use, ['kernel', 'reference'])) ?? 'kernel',
    strictFields: given('strict-fields'),
    failOnEmpty: given('fail-on-empty'),
    append: given('append'),
    ...parseFormats(uses),
    timeOutput: read(uses, 'time-output', (use) => readKeyword(use, ['iso', 'ms'])) ?? 'iso',
    bindings: parseBindings(uses),
    summary: read(uses, 'summary', readDestination) ?? null,
    quiet: given('quiet'),
    live: given('live'),
    verbose: given('verbose'),
    color: given('no-color') ? 'never' : (read(uses, 'color', readColor) ?? 'auto'),
  }
  checkTogether(uses, job)
  checkKafka(uses, job)
  return job
}

function read<T>(uses: readonly FlagUse[], name: string, reader: (use: FlagUse) => T): T | undefined {
  const use = useOf(uses, name)
  return use === undefined ? undefined : reader(use)
}

const readColor = (use: FlagUse) => readKeyword(use, ['auto', 'always', 'never'])

function parseTime(uses: readonly FlagUse[]) {
  return {
    time: read(uses, 'time', spanOfUse) ?? null,
    timeFormat: read(uses, 'time-format', (use) => readKeyword(use, TIME_FORMATS)) ?? ('auto' as const),
    arrivalTime: useOf(uses, 'arrival-time') !== undefined,
    watermarkDelay: read(uses, 'watermark-delay', readDuration) ?? (0 as Duration),
    idleTimeout: read(uses, 'idle-timeout', readDuration) ?? null,
    maxDrift: read(uses, 'max-drift', readDuration) ?? null,
    maxFuture: read(uses, 'max-future', readDuration) ?? null,
    zone: read(uses, 'tz', ({ value, written }) => zoneOf(value, written)) ?? UTC,
  }
}

function untilOf(uses: readonly FlagUse[]): JobOptions['until'] {
  const until = read(uses, 'until', readUntil) ?? null
  return until === 'latest' ? null : until
}

function parseKafka(uses: readonly FlagUse[]): Pick<JobOptions, 'kafka' | 'output'> {
  const sink = parseKafkaSink(uses, useOf(uses, 'state') !== undefined)
  return {
    kafka: parseKafkaSource(uses, useOf(uses, 'until')?.value === 'latest'),
    output: sink ? { kind: 'kafka', sink } : parseOutput(uses),
  }
}

/** A path with placeholders, and one that is written in parts, is many files. */
function parseOutput(uses: readonly FlagUse[]): Destination {
  const output = read<Destination>(uses, 'output', readDestination) ?? { kind: 'stdout' }
  const roll = read(uses, 'roll', readRoll) ?? null
  if (output.kind === 'file' && (roll !== null || isPathTemplate(output.path)))
    return { kind: 'parts', template: parsePathTemplate(output.path), roll }
  if (roll === null) return output
  throw new TidemarkError('E_FLAG', '--roll needs -o FILE', {
    hint: 'name the parts, {part} being their number: -o out-{part}.ndjson',
  })
}

function parseInputs(uses: readonly FlagUse[], files: readonly string[]) {
  const byFlag = uses.filter(({ flag }) => flag.name === 'input').map(({ value }) => value)
  if (byFlag.length > 0 && files.length > 0) {
    throw new TidemarkError('E_CHAIN', `files are given in two ways: -i ${byFlag[0]}, and '${files[0]}' at the end`, {
      hint: 'write all of them with -i, or all at the end',
    })
  }
  if (byFlag.filter((path) => path === '-').length > 1) {
    throw new TidemarkError('E_CHAIN', "'-' (standard input) is given twice", { hint: 'it can be read once' })
  }
  const inputs = byFlag.length > 0 ? byFlag : files
  return { inputs: inputs.length > 0 ? inputs : ['-'], inputsGiven: inputs.length > 0 }
}

function parseLoss(uses: readonly FlagUse[]) {
  const late = read(uses, 'late', (use) => readKeywordOrFile(use, ['drop', 'fail'])) ?? 'none'
  const onError = read(uses, 'on-error', (use) => readKeywordOrFile(use, ['fail', 'skip'] as const))
  const latePolicy: LatePolicy =
    typeof late === 'object'
      ? { kind: 'route', to: late }
      : late === 'fail'
        ? { kind: 'fail' }
        : { kind: 'drop', given: late === 'drop' }
  const badRowPolicy: BadRowPolicy =
    typeof onError === 'object' ? { kind: 'route', to: onError } : { kind: onError ?? 'fail' }
  return {
    late: latePolicy,
    onError: badRowPolicy,
    maxErrors: read(uses, 'max-errors', readErrorLimit) ?? null,
  }
}

const DRAIN_TIMEOUT = 30_000 as Duration

function parseState(uses: readonly FlagUse[]) {
  const given = (name: string) => useOf(uses, name) !== undefined
  return {
    state: read(uses, 'state', readFolder) ?? null,
    atEof: read(uses, 'at-eof', (use) => readKeyword(use, ['flush', 'suspend'] as const)) ?? ('flush' as const),
    until: untilOf(uses),
    checkpointInterval: read(uses, 'checkpoint-interval', readInterval) ?? DEFAULT_INTERVAL,
    drainTimeout: read(uses, 'drain-timeout', readDuration) ?? DRAIN_TIMEOUT,
    require: read(uses, 'require', (use) => readKeyword(use, ['exactly-once', 'at-least-once'] as const)) ?? null,
    restore: read(uses, 'restore', ({ value }) => value) ?? null,
    allowDropState: given('allow-drop-state'),
    allowRewind: given('allow-rewind'),
    replay: given('replay'),
  }
}

/** In the order given. A name that is bound twice is an error, by whichever of the two flags. */
function parseBindings(uses: readonly FlagUse[]): readonly Binding[] {
  const bindings = uses.filter(({ flag }) => flag.value.kind === 'binding').map(readBinding)
  const names = bindings.map(({ name }) => name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated === undefined) return bindings
  throw new TidemarkError('E_ARG', `:${repeated} is bound twice`, { hint: 'keep one --arg or --argjson of that name' })
}

function checkTogether(uses: readonly FlagUse[], job: JobOptions): void {
  const arrival = useOf(uses, 'arrival-time')
  for (const name of ['time', 'time-format', 'max-future', 'ordered']) {
    const other = useOf(uses, name)
    if (!arrival || !other) continue
    throw new TidemarkError('E_FLAG', `--arrival-time and ${other.written} contradict each other`, {
      hint: '--time FIELD reads the time from the rows, --arrival-time takes the moment they are read',
    })
  }
  checkFormats(uses, job)
  if (useOf(uses, 'time-format') && !job.time) {
    throw new TidemarkError('E_FLAG', '--time-format needs --time', {
      hint: 'name the field that holds it: --time FIELD',
    })
  }
  checkState(uses, job)
  if (job.quiet && job.verbose) {
    throw new TidemarkError('E_FLAG', '--quiet and --verbose contradict each other')
  }
  if (job.maxErrors && job.onError.kind === 'fail') {
    throw new TidemarkError('E_FLAG', '--max-errors needs --on-error skip or --on-error FILE', {
      hint: 'under --on-error fail the first bad row ends the run',
    })
  }
  const routes = [job.output, job.late.kind === 'route' && job.late.to, job.onError.kind === 'route' && job.onError.to]
  if (job.append && !routes.some((to) => to && (to.kind === 'file' || to.kind === 'parts'))) {
    throw new TidemarkError('E_FLAG', '--append needs a file to add to', {
      hint: 'it goes with -o FILE, --late FILE or --on-error FILE; the shell appends standard output with >>',
    })
  }
}

/** How inputs are gone on with. */
function checkState(uses: readonly FlagUse[], job: JobOptions): void {
  if (job.follow && job.inputs.includes('-')) {
    throw new TidemarkError('E_FLAG', '--follow needs a FILE', {
      hint: job.kafka
        ? 'topics are read on anyway, unless --until latest ends them'
        : 'standard input is read on anyway, until its writer ends it',
    })
  }
  if (job.follow && job.replay) {
    throw new TidemarkError('E_FLAG', '--follow and --replay contradict each other', {
      hint: '--follow reads files on where it stopped; --replay is for pipes that are written anew in every run',
    })
  }
  if (job.atEof === 'suspend' && job.state === null) {
    throw new TidemarkError('E_FLAG', '--at-eof suspend needs --state', {
      hint: 'what is left for the next run has to be kept: --state DIR',
    })
  }
  for (const name of ['checkpoint-interval', 'replay', 'restore', 'allow-drop-state', 'allow-rewind']) {
    const use = useOf(uses, name)
    if (!use || job.state !== null) continue
    throw new TidemarkError('E_FLAG', `${use.written} needs --state`, { hint: 'say where state is kept: --state DIR' })
  }
}

/** Days in a path are days of event time. `hasTime`: the rows have some. Throws E_TIME_MISSING. */
export function checkOutputTime(output: Destination, hasTime: boolean): void {
  if (output.kind !== 'parts' || hasTime) return
  const unit = shortestUnit(output.template)
  if (unit === null && output.roll?.kind !== 'time') return
  const what = unit === null ? '--roll with a duration' : `{${unit}} in ${output.template.text}`
  throw new TidemarkError('E_TIME_MISSING', `${what} needs event time`, {
    hint: 'name the field that holds it: --time FIELD',
  })
}

/** What would never happen to rows without time. Throws E_TIME_MISSING. */
export function checkJobTime({ until, maxFuture }: JobOptions, hasTime: boolean): void {
  const what = until?.kind === 'watermark' ? '--until watermark:' : maxFuture === null ? null : '--max-future'
  if (hasTime || what === null) return
  throw new TidemarkError('E_TIME_MISSING', `${what} needs event time`, {
    hint: 'name the field that holds it: --time FIELD',
  })
}
