import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { describe, test } from 'node:test'
import { ERROR_CODES, WARNING_CODES } from '../src/base/error-codes.ts'
import { REPOSITORY } from './repository.ts'
import { longFunctions, readSourceFiles, type SourceFile, sourceFile } from './source-text.ts'

/** The ground floor, in the order of the drawing (DESIGN section 5): each room may look into those before it. */
const GROUND = ['base', 'time', 'windows', 'data', 'functions', 'expressions', 'cep', 'connectors'] as const

/** What every other room may import besides its own files. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(GROUND.map((room, i) => [room, GROUND.slice(0, i)])),
  plan: GROUND,
  frontend: [...GROUND, 'plan'],
  flinksql: [...GROUND, 'plan'],
  formats: GROUND,
  state: GROUND,
  kafka: GROUND,
  sources: [...GROUND, 'formats', 'kafka'],
  sinks: [...GROUND, 'formats', 'kafka'],
  operators: [...GROUND, 'state'],
  job: [...GROUND, 'plan', 'formats', 'state', 'kafka', 'sources', 'sinks', 'operators'],
}
const EVERY_ROOM = [...Object.keys(ROOMS), 'cli']

/** Packages, and the only rooms that know of them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli', 'frontend'],
  yaml: ['frontend'],
  chalk: ['cli'],
  ink: ['cli'],
  react: ['cli'],
  fzstd: ['sources', 'kafka'],
  kafkajs: ['kafka'],
  lz4js: ['kafka'],
  snappyjs: ['kafka', 'state'],
  'classic-level': ['state'],
}

/** Doors to the world outside, and the rooms that may open them. Others get what they need handed in. */
const WORLD: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['sources', 'sinks', 'state', 'cli'],
  'node:fs/promises': ['sources', 'sinks', 'state', 'cli'],
  'node:net': ['sources', 'sinks'],
  'node:tty': ['sources', 'sinks', 'cli'],
  'node:child_process': ['cli'],
  'node:http': [],
  'node:https': [],
}

/** Files over the limit that are one table, each with the reason why cutting it would not help a reader. */
const ONE_TABLE: Readonly<Record<string, string>> = {}
const MOST_LINES = 300
const MOST_FUNCTION_LINES = 50

/** What only some files may say. `code` is searched without comments and strings. */
const RESERVED = [
  { pattern: /\bprocess\.exit\b(?!Code)/, files: /^cli\/main\.ts$/, why: 'only the entry point ends the process' },
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/,
    files: /^time\/clock\.ts$/,
    why: 'the clock is handed in',
  },
  {
    pattern: /\bprocess\.(?:env|argv|std(?:in|out|err))\b/,
    files: /^(?:cli|sources|sinks)\//,
    why: 'the world is handed in',
  },
  { pattern: /\bconsole\./, files: /^$/, why: 'stdout is for rows, words go through cli' },
  {
    pattern: /\b[wW]atermark\w*\)? - 1\b|\b(?:[wW]indowEnd|window\.end) - 1\b/,
    files: /^time\/watermark\.ts$/,
    why: "the watermark's - 1 lives in time/watermark.ts",
  },
  { pattern: /\bany\b(?=[>\])}|,;]| =)/, files: /^$/, why: 'the type any says nothing; use unknown' },
  { pattern: /@ts-(?:ignore|nocheck)/, files: /^$/, why: 'the compiler is right' },
] as const

/** Operators take time from the batch and from nowhere else (DESIGN section 6). */
const TIME_MAKERS = /^time\/(?:watermark-generator|watermark-merge|clock)\.ts$/
const MAY_MAKE_TIME = /^(?:time|job|cli)\//

const FORBIDDEN_NAME = /^(?:utils?|helpers?|common|types?|misc|shared)\.ts$|[-_]?v\d+\.ts$/
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.ts$/

/** What is wrong with one file's imports, in words. */
function importFaults({ path, room, imports }: SourceFile): readonly string[] {
  return imports.flatMap((name) => {
    if (name.startsWith('node:')) {
      const rooms = WORLD[name]
      return rooms && !rooms.includes(room) ? [`${path}: the room ${room} may not open ${name}`] : []
    }
    if (!name.startsWith('.')) {
      return PACKAGES[name.split('/')[0]!]?.includes(room)
        ? []
        : [`${path}: the room ${room} may not use the package ${name}`]
    }
    const target = posix.normalize(posix.join(posix.dirname(path), name))
    const to = target.split('/')[0]!
    if (to === room) return []
    if (TIME_MAKERS.test(target) && !MAY_MAKE_TIME.test(path) && target !== 'time/clock.ts') {
      return [`${path}: takes a watermark from ${target}; time comes with the batch`]
    }
    if (target === 'time/clock.ts' && room === 'operators') return [`${path}: an operator may not look at the clock`]
    const allowed = room === 'cli' ? EVERY_ROOM : ROOMS[room]
    return allowed?.includes(to) ? [] : [`${path}: the room ${room} may not look into ${to} (${name})`]
  })
}

/** Places where a file says what only others may. */
function reservedFaults({ path, code }: SourceFile): readonly string[] {
  return RESERVED.filter(({ files }) => !files.test(path)).flatMap(({ pattern, why }) =>
    code.flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()} (${why})`] : [])),
  )
}

const files = readSourceFiles()

describe('the house', () => {
  test('every file stands in a room that the table knows', () => {
    const lost = files.filter(({ path, room }) => !EVERY_ROOM.includes(room) || !path.includes('/'))
    assert.deepEqual(
      lost.map(({ path }) => path),
      [],
    )
  })

  test('imports go down the drawing only', () => {
    assert.deepEqual(files.flatMap(importFaults), [])
  })

  test('every relative import names its file with .ts, inside src', () => {
    const paths = new Set(files.map(({ path }) => path))
    const broken = files.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !paths.has(posix.join(posix.dirname(path), name)))
        .map((name) => `${path}: ${name}`),
    )
    assert.deepEqual(broken, [])
  })

  test(`no file is longer than ${MOST_LINES} lines, unless it is one table`, () => {
    const long = files.filter(({ path, lines }) => lines.length > MOST_LINES && !(path in ONE_TABLE))
    assert.deepEqual(
      long.map(({ path, lines }) => `${path}: ${lines.length}`),
      [],
    )
    const needless = Object.keys(ONE_TABLE).filter(
      (path) => !files.some((file) => file.path === path && file.lines.length > MOST_LINES),
    )
    assert.deepEqual(needless, [], 'no longer over the limit')
  })

  test(`no function is longer than ${MOST_FUNCTION_LINES} lines`, () => {
    const long = files.flatMap((file) =>
      longFunctions(file, MOST_FUNCTION_LINES).map(({ line, length }) => `${file.path}:${line}: ${length} lines`),
    )
    assert.deepEqual(long, [])
  })

  test('file names say what the file is for, in kebab-case', () => {
    const names = files.filter(({ path }) => FORBIDDEN_NAME.test(basename(path)) || !KEBAB_CASE.test(basename(path)))
    assert.deepEqual(
      names.map(({ path }) => path),
      [],
    )
  })

  test('clock, chance, environment, exit and the - 1 of the watermark stay where they belong', () => {
    assert.deepEqual(files.flatMap(reservedFaults), [])
  })

  test('nothing is left for later in words', () => {
    const left = files.flatMap(({ path, lines }) =>
      lines.flatMap((line, i) =>
        /\b(?:TODO|FIXME|XXX|HACK)\b/.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [],
      ),
    )
    assert.deepEqual(left, [])
  })
})

describe('the codes', () => {
  /** Codes that no case can bring about, each with the reason. */
  const withoutCase: Readonly<Record<string, string>> = {
    E_INTERNAL: 'a bug, by definition not known',
    E_STATE_DAMAGED: 'needs a damaged directory; see test/state/state-directory.test.ts',
    E_STATE_FOREIGN: 'needs other files; see test/state/state-directory.test.ts',
    E_STATE_FORMAT: 'needs a newer release; see test/state/state-directory.test.ts',
    E_STATE_LOCKED: 'needs two processes; see test/state/state-directory.test.ts',
    E_STATE_MISSING: 'comes from opening; see test/state/state-directory.test.ts',
    E_STATE_WRITE: 'needs a full disk; see test/state/state-directory.test.ts',
    E_OUTPUT_CHANGED: 'needs two runs; see test/sinks/epoch-file.test.ts',
    E_SINK_MARKER: 'needs a sink that forgets; see test/sinks/segmented.test.ts',
    E_SINK_REWIND: 'needs two states; see test/sinks/segmented.test.ts',
    E_KAFKA_ANSWER: 'needs a broker that cannot; see test/kafka/refusals-suite.ts',
    E_KAFKA_DATA: 'needs a damaged log; see test/kafka/record-batches.test.ts',
    E_KAFKA_FENCED: 'needs a broker; see test/kafka/recovery.test.ts',
    E_KAFKA_OFFSET: 'needs a broker; see test/kafka/refusals-suite.ts',
    E_KAFKA_RECORD: 'needs a broker; see test/kafka/refusals-suite.ts',
    E_KAFKA_TOPIC: 'needs a broker; see test/kafka/refusals-suite.ts',
    W_KAFKA_EMPTY: 'needs a broker; see test/kafka/partitions-suite.ts',
    W_KAFKA_GROUP: 'needs a broker; see test/kafka/security.test.ts',
    W_KAFKA_OFFSET: 'needs a broker; see test/kafka/refusals-suite.ts',
    W_KAFKA_TOMBSTONES: 'needs a broker; see test/kafka/source-suite.ts',
    W_KAFKA_TOPIC: 'needs a broker; see test/kafka/partitions-suite.ts',
    E_SOURCE_CHANGED: 'needs two runs; see test/sources/resume.test.ts',
    E_SOURCE_GONE: 'needs two runs; see test/sources/resume.test.ts',
    E_NOT_DRAINED: 'needs a pipe that nobody reads; see test/process/drain.test.ts',
    W_NOTIFY: 'needs a service manager; see test/process/service-manager.test.ts',
    W_CHECKPOINT_SLOW: 'depends on the speed of a disk; see test/job/checkpoint-schedule.test.ts',
  }
  const codes = [...Object.keys(ERROR_CODES), ...Object.keys(WARNING_CODES)]
  const folder = join(REPOSITORY, 'fixtures/cases')
  const cases = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
  const named = new Set(cases.flatMap((text) => text.match(/\b[EW]_[A-Z][A-Z0-9_]*\b/g) ?? []))

  test('every code is used in src', () => {
    const text = files
      .filter(({ path }) => path !== 'base/error-codes.ts')
      .map(({ lines }) => lines.join('\n'))
      .join('\n')
    assert.deepEqual(
      codes.filter((code) => !text.includes(`'${code}'`)),
      [],
    )
  })

  test('every code has a case with its message', () => {
    assert.deepEqual(
      codes.filter((code) => !named.has(code) && !(code in withoutCase)),
      [],
    )
  })

  test('every code that a case names is in the table', () => {
    assert.deepEqual(
      [...named].filter((code) => !codes.includes(code)),
      [],
    )
  })

  test('the table is sorted', () => {
    assert.deepEqual(Object.keys(ERROR_CODES), Object.keys(ERROR_CODES).sort())
    assert.deepEqual(Object.keys(WARNING_CODES), Object.keys(WARNING_CODES).sort())
  })
})

describe('the rules themselves', () => {
  const faultsOf = (path: string, text: string) => {
    const file = sourceFile(path, text)
    return [...importFaults(file), ...reservedFaults(file)].length
  }

  test('see imports in every form', () => {
    const text = `import a from '../job/run.ts'\nimport {\n  b,\n} from '../job/b.ts'\nimport type { C } from "../job/c.ts"\nexport * from '../job/d.ts'
      const e = await import('../job/e.ts')\ntype F = import('../job/f.ts').F\nimport '../job/g.ts'\n// import '../job/h.ts'\n`
    assert.deepEqual(
      sourceFile('plan/x.ts', text).imports,
      'run b c d e f g'.split(' ').map((name) => `../job/${name}.ts`),
    )
    assert.equal(faultsOf('plan/x.ts', text), 7)
    assert.equal(faultsOf('cli/x.ts', text), 0)
  })

  test('refuse an operator that makes its own time', () => {
    assert.equal(faultsOf('operators/x.ts', "import { a } from '../time/watermark.ts'"), 0)
    assert.equal(faultsOf('operators/x.ts', "import { a } from '../time/watermark-merge.ts'"), 1)
    assert.equal(faultsOf('operators/x.ts', "import { a } from '../time/clock.ts'"), 1)
    assert.equal(faultsOf('operators/x.ts', 'const w = this.watermark - 1'), 1)
    assert.equal(faultsOf('job/x.ts', 'const t = Date.now()'), 1)
    assert.equal(faultsOf('job/x.ts', 'const t = `$' + '{Date.now()}`'), 1)
  })

  test('do not look into comments, strings, templates or regular expressions', () => {
    assert.equal(
      faultsOf(
        'job/x.ts',
        "// Date.now()\n/* new Date()\n */ f('Date.now', `process.exit`, /console.log'/)\nconst y = 'it'",
      ),
      0,
    )
    assert.equal(faultsOf('job/x.ts', 'const a = /[\'"`]/\nDate.now()'), 1)
  })

  test('find a long function by its closing brace, nested and with a head over several lines', () => {
    const body = '    a()\n'.repeat(50)
    const text = `class A {\n  b(\n    c: number,\n  ): void {\n${body}  }\n\n  d(): void {\n    if (x) {\n    }\n  }\n}\n`
    assert.deepEqual(longFunctions(sourceFile('job/x.ts', text), 50), [{ line: 4, length: 52 }])
    assert.deepEqual(longFunctions(sourceFile('job/x.ts', text), 52), [])
  })
})
