import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ChainLine, JobOptions, StepOptions } from '../../../src/frontend/flags/command-line.ts'
import { parseCommandLine } from '../../../src/frontend/flags/parse.ts'

const FILES: Readonly<Record<string, string>> = { 'a.sql': '\uFEFFstatus = 500\n  AND ms > 3\n\n' }
const surroundings = { exists: () => false, readText: (path: string) => FILES[path]! }

function parse(...words: string[]): ChainLine {
  const line = parseCommandLine(words, surroundings)
  assert.equal(line.kind, 'chain')
  return line as ChainLine
}

const job = (...words: string[]): JobOptions => parse(...words, 'filter', 'a').job
const step = (...words: string[]): StepOptions => parse(...words).steps[0]!
const span = (source: string, text: string) => ({ source, text, start: 0, end: text.length })

describe('job flags', () => {
  test('have the defaults of the reference', () => {
    const { zone, ...rest } = job()
    assert.equal(zone.name, 'UTC')
    assert.deepEqual(rest, {
      time: null,
      timeFormat: 'auto',
      arrivalTime: false,
      watermarkDelay: 0,
      idleTimeout: null,
      maxDrift: null,
      maxFuture: null,
      inputs: ['-'],
      inputsGiven: false,
      kafka: null,
      merge: false,
      follow: false,
      lineLimit: 16 * 1024 * 1024,
      scanner: 'kernel',
      late: { kind: 'drop', given: false },
      onError: { kind: 'fail' },
      ordered: false,
      inputKeys: [],
      maxErrors: null,
      strictFields: false,
      failOnEmpty: false,
      output: { kind: 'stdout' },
      append: false,
      inputStyle: { format: 'ndjson', changelog: null, header: null },
      outputFormat: 'ndjson',
      changelog: 'op',
      timeOutput: 'iso',
      state: null,
      atEof: 'flush',
      until: null,
      checkpointInterval: { kind: 'time', ms: 10_000 },
      require: null,
      restore: null,
      allowDropState: false,
      drainTimeout: 30_000,
      allowRewind: false,
      replay: false,
      bindings: [],
      summary: null,
      quiet: false,
      live: false,
      verbose: false,
      color: 'auto',
    })
  })

  const table: readonly (readonly [string[], Partial<JobOptions>])[] = [
    [['-t', 'meta.ts'], { time: span('-t', 'meta.ts') }],
    [['-t', 'ts', '--time-format', 'us'], { timeFormat: 'us' }],
    [['-w', '1h30m'], { watermarkDelay: 5_400_000 as JobOptions['watermarkDelay'] }],
    [['--idle-timeout', '500ms'], { idleTimeout: 500 as JobOptions['watermarkDelay'] }],
    [['--idle-timeout', 'off'], { idleTimeout: null }],
    [['-t', 'ts', '--max-future', '0'], { maxFuture: 0 as JobOptions['watermarkDelay'] }],
    [['--arrival-time'], { arrivalTime: true }],
    [['-i', 'b', '--input', 'a'], { inputs: ['b', 'a'], inputsGiven: true }],
    [
      ['--state', 'st', '--checkpoint-interval', '500ms'],
      { state: 'st', checkpointInterval: { kind: 'time', ms: 500 } },
    ],
    [
      ['--state', './st', '--checkpoint-interval', 'rows:9'],
      { state: './st', checkpointInterval: { kind: 'rows', rows: 9 } },
    ],
    [['--require', 'at-least-once'], { require: 'at-least-once' }],
    [
      ['-o', 'h/{{{a.b}.x', '--roll', '1.5KiB'],
      {
        output: {
          kind: 'parts',
          roll: { kind: 'size', bytes: 1536 },
          template: {
            text: 'h/{{{a.b}.x',
            folder: 'h',
            pieces: [
              { kind: 'text', text: 'h/{' },
              { kind: 'field', path: ['a', 'b'] },
              { kind: 'text', text: '.x' },
            ],
          },
        },
      },
    ],
    [['--line-limit', '1.5KiB'], { lineLimit: 1536 }],
    [['--line-limit', '100'], { lineLimit: 100 }],
    [['--scanner', 'reference'], { scanner: 'reference' }],
    [['--late', 'drop'], { late: { kind: 'drop', given: true } }],
    [['--late', 'fail'], { late: { kind: 'fail' } }],
    [['--late', './drop'], { late: { kind: 'route', to: { kind: 'file', path: './drop' } } }],
    [['--late', 'late.ndjson'], { late: { kind: 'route', to: { kind: 'file', path: 'late.ndjson' } } }],
    [['--late=fd:3'], { late: { kind: 'route', to: { kind: 'descriptor', descriptor: 3 } } }],
    [
      ['--on-error', 'skip', '--max-errors', '10'],
      { onError: { kind: 'skip' }, maxErrors: { kind: 'rows', rows: 10 } },
    ],
    [['--on-error', '/tmp/bad', '--max-errors', '0.5%'], { maxErrors: { kind: 'share', share: 0.005 } }],
    [['-o', 'x', '--append'], { output: { kind: 'file', path: 'x' }, append: true }],
    [['-o', '-'], { output: { kind: 'stdout' } }],
    [['--summary', 'fd:2'], { summary: { kind: 'descriptor', descriptor: 2 } }],
    [
      ['--late', '/dev/null', '--on-error', '/dev/null'],
      { onError: { kind: 'route', to: { kind: 'file', path: '/dev/null' } } },
    ],
    [['--no-color'], { color: 'never' }],
    [['--color=always'], { color: 'always' }],
    [
      ['--arg', 'a=x=y', '--argjson', 'n=[1]', '--arg', 'empty='],
      {
        bindings: [
          { name: 'a', kind: 'text', text: 'x=y' },
          { name: 'n', kind: 'json', text: '[1]' },
          { name: 'empty', kind: 'text', text: '' },
        ],
      },
    ],
  ]
  for (const [words, expected] of table) {
    test(`read: ${words.join(' ')}`, () => {
      const all = job(...words)
      assert.deepEqual(
        Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof JobOptions]])),
        expected,
      )
    })
  }

  test('take a time zone by name', () => assert.equal(job('--tz', 'Europe/Berlin').zone.name, 'Europe/Berlin'))

  test('count wherever they stand', () => {
    assert.deepEqual(parse('filter', 'a', 'f', '-q', '-t', 'ts').job, parse('-t', 'ts', '-q', 'filter', 'a', 'f').job)
  })
})

describe('steps', () => {
  test('filter and select keep their argument as a span, from the line or from a file', () => {
    assert.deepEqual(step('filter', 'a = 1'), { verb: 'filter', name: null, condition: span('filter', 'a = 1') })
    assert.deepEqual(step('select', 'a, b', '--name', 'slim'), {
      verb: 'select',
      name: 'slim',
      columns: span('select', 'a, b'),
    })
    const text = 'status = 500\n  AND ms > 3'
    assert.deepEqual(step('filter', '-f', 'a.sql'), { verb: 'filter', name: null, condition: span('a.sql', text) })
  })

  test('dedup is unbounded and keeps the first, unless told', () => {
    const dedup = { verb: 'dedup', name: null, by: [span('-b', 'k')] }
    assert.deepEqual(step('dedup', '-b', 'k'), {
      ...dedup,
      within: null,
      keep: 'first',
      allowedLateness: 0,
      stateTtl: null,
    })
    const told = step('dedup', '-b', 'k', '--within', '1h', '--keep', 'last', '--allowed-lateness', '5m')
    assert.deepEqual(told, { ...dedup, within: 3_600_000, keep: 'last', allowedLateness: 300_000, stateTtl: null })
  })

  test('windows know their sizes in milliseconds, and each use of a list flag', () => {
    const window = {
      name: null,
      sizeSpan: span('hop', '10m'),
      size: 600_000,
      offset: -28_800_000,
      by: [span('--by', 'a, b'), span('-b', 'c')],
      agg: [span('-a', 'count(*)')],
      allowedLateness: 0,
      emit: 'final',
    }
    const flags = ['--by', 'a, b', '-b', 'c', '-a', 'count(*)', '--offset', '-8h']
    assert.deepEqual(step('hop', '10m', '--every', '90s', ...flags), {
      verb: 'hop',
      ...window,
      slide: 90_000,
      slideSpan: span('--every', '90s'),
    })
    assert.deepEqual(step('cumulate', '10m', '--step', '1m', ...flags), {
      verb: 'cumulate',
      ...window,
      sizeSpan: span('cumulate', '10m'),
      step: 60_000,
      stepSpan: span('--step', '1m'),
    })
    assert.deepEqual(step('tumble', '10m', ...flags), { verb: 'tumble', ...window, sizeSpan: span('tumble', '10m') })
  })

  test('aggregate emits at the end, at every change, or at multiples of event time', () => {
    const aggregate = { verb: 'aggregate', name: null, by: [], agg: [], stateTtl: null }
    assert.deepEqual(step('aggregate'), { ...aggregate, emit: 'final' })
    assert.deepEqual(step('aggregate', '--emit', 'changes'), { ...aggregate, emit: 'changes' })
    assert.deepEqual(step('aggregate', '--emit', 'every:1m30s'), { ...aggregate, emit: { every: 90_000 } })
    assert.deepEqual(step('aggregate', '--state-ttl', '1m'), { ...aggregate, emit: 'final', stateTtl: 60_000 })
  })

  test('a default before the first verb is for all steps that have it; one behind a verb goes before it', () => {
    const words = ['--allowed-lateness', '1m', 'filter', 'a', 'then', 'tumble', '5m', 'then', 'tumble', '1h']
    const [, first, second] = parse(...words, '--allowed-lateness', '2m').steps
    assert.equal(first?.verb === 'tumble' && first.allowedLateness, 60_000)
    assert.equal(second?.verb === 'tumble' && second.allowedLateness, 120_000)
  })

  test('explain is a chain with a command', () => {
    const { command, json, steps } = parse('explain', '--json', 'filter', 'a')
    assert.deepEqual([command, json, steps.length], ['explain', true, 1])
    assert.equal(parse('filter', 'a').command, 'run')
  })
})
