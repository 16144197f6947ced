import { ERROR_CODES, EXIT_STATUS, WARNING_CODES } from '../base/error-codes.ts'
import { COMMAND_FLAGS } from '../frontend/flags/command-flags.ts'
import { COMMANDS } from '../frontend/flags/commands.ts'
import { flagsOfVerb } from '../frontend/flags/definitions.ts'
import { type FlagDefinition, type FlagSection, longName } from '../frontend/flags/flag.ts'
import { JOB_FLAGS } from '../frontend/flags/job-flags.ts'
import { STEP_DEFAULTS, STEP_FLAGS } from '../frontend/flags/step-flags.ts'
import type { VerbDefinition } from '../frontend/flags/verb.ts'
import { VERBS } from '../frontend/flags/verbs.ts'
import { OVER_FUNCTIONS } from '../functions/over/index.ts'
import { FUNCTION_REFERENCE, type FunctionEntry } from '../functions/reference.ts'
import { REFUSED_FORMS, REFUSED_FUNCTIONS } from '../functions/scalar/index.ts'
import { describeFlag } from './flag-table.ts'
import { helpText } from './help.ts'
import { bold, flowing, italic, page, paragraph, section, subsection, tagged, verbatim } from './roff.ts'

const SECTIONS: readonly (readonly [FlagSection, string])[] = [
  ['time', 'Time'],
  ['loss', 'What may be lost'],
  ['input', 'Input'],
  ['output', 'Output'],
  ['state', 'State that outlives a run'],
  ['kafka', 'Logging in to Kafka'],
  ['values', 'Values for expressions'],
  ['messages', 'Messages'],
]

/** `man/tidemark.1`, from the same definitions as help and completion. Bears no date and no version: it changes only with them. */
export function manPage(functions: readonly FunctionEntry[] = FUNCTION_REFERENCE): string {
  const parts = [
    '.\\" Made from the definitions by "npm run docs"; do not edit.',
    '.TH TIDEMARK 1 "" "tidemark" "User Commands"',
    section('NAME'),
    'tidemark \\- event\\-time windows, dedup, joins and patterns over NDJSON',
    ...synopsis(),
    ...description(),
    section('VERBS'),
    ...VERBS.flatMap(verbPart),
    section('FLAGS'),
    ...flagParts(),
    section('COMMANDS'),
    ...COMMANDS.flatMap(({ usage, summary, manual, table }) => [
      tagged(bold(usage), `${sentence(summary)} ${manual}`),
      ...(table ? [verbatim(table)] : []),
    ]),
    section('EXPRESSIONS'),
    ...topicParts('expressions'),
    section('FUNCTIONS'),
    ...functionParts(functions),
    ...refusedParts(),
    section('PATTERNS'),
    ...topicParts('patterns'),
    section('TIME AND LATE ROWS'),
    ...topicParts('time'),
    ...topicParts('late'),
    ...statusParts(),
    section('EXAMPLES'),
    ...VERBS.flatMap(({ summary, examples }) => [
      paragraph(`${sentence(summary)}`),
      verbatim(examples.flatMap(({ command, output }) => (output ? [command, output] : [command]))),
    ]),
  ]
  return page(parts)
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`

function synopsis(): string[] {
  const flag = italic('FLAG')
  const verb = `${bold('VERB')} [${italic('ARG')}] [${flag}...]`
  return [
    section('SYNOPSIS'),
    `${bold('tidemark')} [${flag}...] ${verb} [${bold('then')} ${verb}]... [${italic('FILE')}...]`,
    '.br',
    `${bold('tidemark')} ${italic('COMMAND')} ...`,
  ]
}

function description(): string[] {
  return [
    section('DESCRIPTION'),
    flowing(
      'tidemark reads rows, one JSON object a line, from FILEs or standard input, takes them through a chain of verbs in one process, and writes rows to standard output. Its time is the time in the rows (event time): the same rows give the same bytes, however fast they come.',
    ),
    paragraph(
      'A word is, in this order: the value of the flag before it; a flag; the verb; the argument of the verb; then; a FILE. Flags may stand anywhere in the segment of their verb. After -- come the argument and FILEs only. - is standard input. A flag takes the next word as its value even if that begins with -, unless it is a flag of this segment: write --flag=value then. Flags are never abbreviated.',
    ),
    paragraph(
      'FILEs are one input, read in the given order. Standard output carries rows only; messages go to standard error. No configuration file and no environment variable changes a row; NO_COLOR and TERM are read for colours.',
    ),
    paragraph(
      'Durations are written 250ms 5s 5m 1h30m 1.5h 7d 2w (m is minutes), sizes 64KiB 16MiB. List flags (marked "may be repeated" or LIST) append; any other flag given twice is an error.',
    ),
  ]
}

function verbPart(verb: VerbDefinition): string[] {
  const { name, argument, summary, manual, notes } = verb
  const head = argument ? `${name} ${argument.placeholder}` : name
  const names = flagsOfVerb(verb).map((flag) => (flag.short ? `-${flag.short}, ${longName(flag)}` : longName(flag)))
  return [
    subsection(head),
    paragraph(sentence(summary)),
    ...manual.map(paragraph),
    ...(argument ? [tagged(italic(argument.placeholder), argument.summary)] : []),
    paragraph(notes.join(' ')),
    paragraph(`Flags: ${names.join('; ')}.${verb.needsTime ? ' Needs --time or --arrival-time.' : ''}`),
  ]
}

function flagParts(): string[] {
  const job = SECTIONS.flatMap(([name, title]) => [
    subsection(title),
    ...JOB_FLAGS.filter((flag) => flag.section === name).map(flagPart),
  ])
  return [
    paragraph('Job flags may stand anywhere in the line, once.'),
    ...job,
    subsection('Of one step'),
    paragraph('Behind their verb only.'),
    ...STEP_FLAGS.map(flagPart),
    subsection('Step defaults'),
    paragraph('Behind a verb for that step; before the first verb for every step that has them.'),
    ...STEP_DEFAULTS.map(flagPart),
    subsection('Of commands'),
    ...COMMAND_FLAGS.map(flagPart),
  ]
}

function flagPart(flag: FlagDefinition): string {
  const names = [
    ...(flag.short ? [`-${flag.short}`] : []),
    longName(flag),
    ...(flag.aliases ?? []).map((a) => `--${a}`),
  ]
  const tag = `${names.map(bold).join(', ')}${flag.placeholder ? ` ${italic(flag.placeholder)}` : ''}`
  return tagged(tag, `${sentence(describeFlag(flag))} ${flag.manual}`.trim())
}

/** A topic of `tidemark help`, as it is printed there. */
/** `man/tidemark-patterns.7`: the text of patterns by itself. */
export function patternsPage(): string {
  const parts = [
    '.\\" Made from the definitions by "npm run docs"; do not edit.',
    '.TH TIDEMARK\\-PATTERNS 7 "" "tidemark" "Miscellaneous"',
    section('NAME'),
    'tidemark\\-patterns \\- the text of patterns, for tidemark match',
    section('DESCRIPTION'),
    ...topicParts('patterns'),
    section('SEE ALSO'),
    bold('tidemark(1)'),
  ]
  return `${parts.join('\n')}\n`
}

function topicParts(topic: string): string[] {
  const [title, , ...lines] = helpText(topic).split('\n')
  return [paragraph(sentence(title!.replace('tidemark: ', ''))), verbatim(lines)]
}

/** What a group costs, and why a hot key needs no salt. */
const AGGREGATE_STATE = [
  'For each group most aggregates keep a few numbers. These keep more the more rows the group has: DISTINCT each different value; listagg, array_agg and json_arrayagg the whole result; percentile every number (8 bytes each); approx_percentile a counter for each 2 % of magnitude that occurs; approx_count_distinct at most 16 KB. Over rows that correct earlier ones, min, max, min_by, max_by, first_value, last_value, lists and percentile keep all values to be able to take one back, and approx_count_distinct counts exactly.',
  'Sums, variances and lists depend on the order of arrival: within a slice as rows came, slices by time, merged sessions by their start. approx_percentile and approx_count_distinct do not depend on any order. Under --ordered all of them depend on times and bytes of the rows alone.',
  'One key that most rows share is no slower than many keys: one process adds it up on one core. Spreading it over salted keys in two steps only costs.',
]

function functionParts(functions: readonly FunctionEntry[]): string[] {
  const families = [...new Set(functions.map(({ family }) => family))]
  return families.flatMap((family) => [
    subsection(family[0]!.toUpperCase() + family.slice(1)),
    ...(family === 'aggregates' ? AGGREGATE_STATE.map(paragraph) : []),
    ...functions
      .filter((entry) => entry.family === family)
      .map((entry) => tagged(bold(entry.signature), sentence([entry.summary, ...namesOf(entry)].join('; ')))),
  ])
}

/** Other names, and Flink's where it is not the same in capitals. */
function namesOf({ name, aliases, flinkName }: FunctionEntry): string[] {
  const names = aliases.length > 0 ? [`also ${aliases.join(', ')}`] : []
  if (flinkName === null) return [...names, 'not in Flink']
  return flinkName === name.toUpperCase() ? names : [...names, `${flinkName} in Flink`]
}

/** Some are refused only where they cannot stand. */
const notOffered = () => [...REFUSED_FUNCTIONS].filter(([name]) => !OVER_FUNCTIONS.has(name))

/** What of Flink's built-in functions is not there. */
function refusedParts(): string[] {
  return [
    subsection("Flink's functions that are not offered"),
    paragraph("All other built-in scalar and aggregate functions of Apache Flink 2.1 are there under Flink's names."),
    ...Array.from(notOffered(), ([name, { reason, hint }]) =>
      tagged(bold(name.toUpperCase()), `${sentence(reason)} Instead: ${hint}.`),
    ),
    ...Array.from(REFUSED_FORMS, ([form, instead]) => tagged(bold(form), `Not read. Instead: ${instead}.`)),
  ]
}

function statusParts(): string[] {
  return [
    section('EXIT STATUS'),
    ...Object.values(EXIT_STATUS).map(([status, meaning]) => tagged(bold(String(status)), sentence(meaning))),
    section('ERRORS'),
    paragraph('Each message ends with its code in square brackets. In parentheses, the exit status.'),
    ...Object.entries(ERROR_CODES).map(([code, [exit, meaning]]) =>
      tagged(`${bold(code)} (${EXIT_STATUS[exit][0]})`, sentence(meaning)),
    ),
    paragraph('Warnings leave the exit status as it is.'),
    ...Object.entries(WARNING_CODES).map(([code, meaning]) => tagged(bold(code), sentence(meaning))),
  ]
}
