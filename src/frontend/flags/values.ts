import { TidemarkError } from '../../base/errors.ts'
import { suggest } from '../../base/suggest.ts'
import { type Duration, parseDuration } from '../../time/duration.ts'
import type { Emission } from '../../time/emission.ts'
import type { Binding, CheckpointInterval, Destination, ErrorLimit, Roll } from './command-line.ts'
import type { FlagDefinition } from './flag.ts'
import { type FlagUse, spanOfUse } from './lexed.ts'

/** `a, b or c` */
export const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** One of the flag's keywords. */
export function readKeyword<K extends string>(use: FlagUse, keywords: readonly K[]): K {
  const found = keywords.find((keyword) => keyword === use.value)
  if (found !== undefined) return found
  const near = suggest(use.value, keywords)
  const message = `${use.written} is ${listed(keywords)}, not '${use.value}'`
  throw new TidemarkError('E_FLAG_VALUE', message, near === undefined ? {} : { hint: `did you mean '${near}'?` })
}

/** A duration as the flag takes it; null for `off`. Throws E_DURATION for what is none, E_FLAG_VALUE for one that the flag refuses. */
export function readDuration(use: FlagUse): Duration | null {
  const { value } = use.flag
  if (value.kind !== 'duration') throw new Error(`internal error: --${use.flag.name} is no duration`)
  if (value.orOff && use.value === 'off') return null
  const ms = parseDuration(use.value, { span: spanOfUse(use), isSigned: value.signed ?? false })
  if (ms !== 0 || value.zero) return ms
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} must be longer than 0`, {
    ...(value.orOff && { hint: `${use.written} off turns it off` }),
  })
}

/** A keyword, or where rows go: `fd:N`, or a path. A word with neither `/` nor `.` must be a keyword: a slip of the finger makes no file. */
export function readKeywordOrFile<K extends string>(use: FlagUse, keywords: readonly K[]): K | Destination {
  const { written, value } = use
  const keyword = keywords.find((word) => word === value)
  if (keyword !== undefined) return keyword
  const descriptor = readDescriptor(use)
  if (descriptor) return descriptor
  if (/[/.]/.test(value)) return { kind: 'file', path: value }
  const near = suggest(value, keywords)
  throw new TidemarkError('E_FLAG_VALUE', `${written} is ${keywords.join(', ')}, fd:N or a file, not '${value}'`, {
    hint: `${near ? `did you mean '${near}'? ` : ''}for a file of that name write ./${value}`,
  })
}

/** A path, `-`, or `fd:N`, as far as the flag takes them. */
export function readDestination(use: FlagUse): Destination {
  const { value } = use.flag
  if (value.kind === 'output-file' && value.stream === '-' && use.value === '-') return { kind: 'stdout' }
  if (value.kind === 'output-file' && value.stream === 'fd') {
    if (use.value === '-') {
      throw new TidemarkError('E_FLAG_VALUE', `${use.written} - would mix with the rows on standard output`, {
        hint: `${use.written} fd:2 writes to standard error`,
      })
    }
    return readDescriptor(use) ?? { kind: 'file', path: use.value }
  }
  return { kind: 'file', path: use.value }
}

function readDescriptor({ written, value }: FlagUse): Destination | undefined {
  if (!value.startsWith('fd:')) return undefined
  const descriptor = /^\d{1,6}$/.test(value.slice(3)) ? Number(value.slice(3)) : 0
  if (descriptor === 0) {
    throw new TidemarkError('E_FLAG_VALUE', `${written} cannot write to '${value}'`, {
      hint: 'fd:N names an open file descriptor: fd:2 is standard error, fd:3 comes from 3>FILE',
    })
  }
  return { kind: 'descriptor', descriptor }
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
/** Lines are addressed by 31-bit offsets. */
const MAX_LINE = 1024 ** 3

/** A size in bytes: `65536`, `64KiB`, `1.5MiB`; above 0, at most 1 GiB. */
export function readSize(use: FlagUse): number {
  const match = /^(\d+(?:\.\d+)?)(\D*)$/.exec(use.value)
  const unit = match ? SIZE_UNITS[match[2]!] : undefined
  if (!match || unit === undefined) {
    const near = match && Object.keys(SIZE_UNITS).find((name) => name !== '' && name[0] === match[2]![0]?.toUpperCase())
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a size such as 16MiB, not '${use.value}'`, {
      hint: near ? `write ${match[1]}${near}; units are B, KiB, MiB, GiB` : 'units are B, KiB, MiB, GiB',
    })
  }
  const bytes = Math.floor(Number(match[1]) * unit)
  if (bytes >= 1 && bytes <= MAX_LINE) return bytes
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is at least 1 byte and at most 1GiB, not '${use.value}'`)
}

/** A size with its unit, or a duration above 0. */
export function readRoll(use: FlagUse): Roll {
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/.exec(use.value)
  if (match) {
    const bytes = Math.floor(Number(match[1]) * SIZE_UNITS[match[2]!]!)
    if (bytes >= 1) return { kind: 'size', bytes }
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} is at least 1 byte, not '${use.value}'`)
  }
  if (/^\d+$/.test(use.value) || /[A-Z]/.test(use.value)) {
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a size or a duration, not '${use.value}'`, {
      hint: `${use.written} 64MiB or ${use.written} 1h; units of size are B, KiB, MiB, GiB`,
    })
  }
  const span = parseDuration(use.value, { span: spanOfUse(use) })
  if (span > 0) return { kind: 'time', span }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} must be longer than 0`)
}

/** A number of rows, at least 1. */
export function readRows(use: FlagUse): number {
  if (/^[1-9]\d{0,8}$/.test(use.value)) return Number(use.value)
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a number of rows here, not '${use.value}'`, {
    hint: `${use.written} 10`,
  })
}

/** `N` rows, or `N%` of the rows read. */
export function readErrorLimit(use: FlagUse): ErrorLimit {
  const rows = /^\d{1,15}$/.exec(use.value)
  if (rows) return { kind: 'rows', rows: Number(use.value) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(use.value)
  if (percent && Number(percent[1]) <= 100) return { kind: 'share', share: Number(percent[1]) / 100 }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a number of rows or a share of them, not '${use.value}'`, {
    hint: `${use.written} 100 or ${use.written} 0.5%`,
  })
}

/** A whole number from 1 on. */
export function readCount(use: FlagUse): number {
  if (/^[1-9]\d{0,8}$/.test(use.value)) return Number(use.value)
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a whole number from 1 on, not '${use.value}'`)
}

/** A duration above 0, or `rows:N`. */
export function readInterval(use: FlagUse): CheckpointInterval {
  const rows = /^rows:(.*)$/.exec(use.value)
  if (!rows) {
    const ms = parseDuration(use.value, { span: spanOfUse(use), isSigned: false })
    if (ms > 0) return { kind: 'time', ms }
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} must be longer than 0`)
  }
  if (/^[1-9]\d{0,14}$/.test(rows[1]!)) return { kind: 'rows', rows: Number(rows[1]) }
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} takes a duration or rows:N, not '${use.value}'`, {
    hint: `${use.written} 10s or ${use.written} rows:100000`,
  })
}

/** `final`, `changes`, or `every:D`, D being longer than 0. */
export function readEmission(use: FlagUse): Emission {
  const every = /^every:(.*)$/s.exec(use.value)
  if (!every) {
    if (use.value === 'final' || use.value === 'changes') return use.value
    const near = suggest(use.value, ['final', 'changes', 'every:10s'])
    throw new TidemarkError('E_FLAG_VALUE', `${use.written} is final, changes or every:D, not '${use.value}'`, {
      hint: near === undefined ? `${use.written} every:10s tells every 10 s of event time` : `did you mean '${near}'?`,
    })
  }
  const text = every[1]!
  const ms = parseDuration(text, { span: { ...spanOfUse(use), text, start: 0, end: text.length }, isSigned: false })
  if (ms > 0) return { every: ms }
  throw new TidemarkError('E_FLAG_VALUE', `the interval of ${use.written} must be longer than 0`)
}

/** The path of a directory. */
export function readFolder(use: FlagUse): string {
  if (use.value !== '' && use.value !== '-') return use.value
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is a directory, not '${use.value}'`)
}

/** `NAME=TEXT` of `--arg`, `NAME=JSON` of `--argjson`; throws E_ARG. */
export function readBinding(use: FlagUse): Binding {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(use.value)
  if (!match) {
    throw new TidemarkError('E_ARG', `${use.written} takes ${use.flag.placeholder}, not '${use.value}'`, {
      hint: 'NAME is made of letters, digits and _; expressions name it as :NAME',
    })
  }
  const [, name, text] = match as unknown as [string, string, string]
  if (use.flag.name === 'arg') return { name, kind: 'text', text }
  try {
    JSON.parse(text)
  } catch {
    throw new TidemarkError('E_ARG', `the value of ${use.written} ${name} is not JSON: ${text || 'it is empty'}`, {
      hint: `for a string write: --arg ${name}=TEXT`,
    })
  }
  return { name, kind: 'json', text }
}

/** The id of a step. */
export function readStepName(use: FlagUse): string {
  if (/^[A-Za-z_][\w-]*$/.test(use.value)) return use.value
  throw new TidemarkError('E_FLAG_VALUE', `${use.written} is made of letters, digits, _ and -, not '${use.value}'`)
}

/** The last use of a flag (there is at most one, but for list flags). */
export const useOf = (uses: readonly FlagUse[], name: FlagDefinition['name']): FlagUse | undefined =>
  uses.find(({ flag }) => flag.name === name)
