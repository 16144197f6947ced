import { TidemarkError } from '../base/errors.ts'
import { COMMANDS } from '../frontend/flags/commands.ts'
import { findCommand, findFlag, findVerb, flagsOfVerb, nearest } from '../frontend/flags/definitions.ts'
import type { CommandDefinition, VerbDefinition } from '../frontend/flags/verb.ts'
import { VERBS } from '../frontend/flags/verbs.ts'
import { cell, flagForm, flagLine, HELP_WIDTH, wrap } from './flag-table.ts'
import { TOPICS } from './topics.ts'

const EXAMPLES = `  # errors per service in 5-minute windows, rows up to 10 s out of order
  tail -F app.ndjson | tidemark -t ts -w 10s filter "level = 'ERROR'" then tumble 5m -b service
  # the ten busiest URLs of each minute
  tidemark -t ts tumble 1m -b url -a "count(*) AS hits" then top 10 --order-by hits access.ndjson
  # three failures, then a success, within 5 minutes, per address
  tidemark -t ts match -b ip --pattern 'FAIL{3,} OK' --define "FAIL: status = 'FAILED'" \\
    --define "OK: status = 'SUCCESS'" --within 5m auth.ndjson
  # from cron: windows still open wait in the state directory for the next run
  tidemark -t ts --state st --at-eof suspend -o hours.ndjson tumble 1h -b path api.ndjson`

/** The flags of the front page, and what else its last line of a section names. */
const FRONT_PAGE = [
  { title: 'time', flags: ['time', 'watermark-delay', 'idle-timeout'], also: [] },
  { title: 'loss', flags: ['late', 'on-error'], also: [] },
  { title: 'input', flags: ['input'], also: ['follow', 'merge'] },
  { title: 'output', flags: ['output'], also: ['append'] },
  { title: 'state', flags: ['state', 'at-eof'], also: [] },
] as const

const TITLE = [
  'tidemark: event-time windows, dedup, joins and patterns over NDJSON',
  '',
  'usage: tidemark [FLAG...] VERB [ARG] [FLAG...] [then VERB [ARG] [FLAG...]]... [FILE...]',
  '       tidemark run PIPELINE.yaml          tidemark COMMAND ...',
]

const FRONT_STYLE = { width: 24, gap: 2 }
const VERB_STYLE = { width: 23, gap: 3 }

/**
 * The text of `tidemark help [TOPIC]`: a verb, a command, a topic, or undefined for the front page. Ends without a newline; at most 100 columns.
 * Throws E_COMMAND for a topic that there is not.
 */
export function helpText(topic: string | undefined): string {
  if (topic === undefined) return frontPage()
  const verb = findVerb(topic)
  if (verb) return verbHelp(verb)
  const command = findCommand(topic)
  if (command) return commandHelp(command)
  const page = TOPICS.find(({ name }) => name === topic)
  if (page) return page.text()
  const near = nearest(topic, helpTopics())
  throw new TidemarkError('E_COMMAND', `there is no help for '${topic}'`, {
    hint: near ? `did you mean '${near}'?` : `topics: ${TOPICS.map(({ name }) => name).join(', ')}, and every verb`,
  })
}

/** Everything that `tidemark help` can be asked for. */
export const helpTopics = (): readonly string[] => [...VERBS, ...COMMANDS, ...TOPICS].map(({ name }) => name)

function frontPage(): string {
  return [
    ...TITLE,
    '',
    EXAMPLES,
    '',
    ...verbLines(),
    `commands ${COMMANDS.map(({ name }) => name)
      .filter((name) => !name.includes(' '))
      .join('  ')}`,
    '',
    ...FRONT_PAGE.flatMap(sectionLines),
    moreLine(),
    '',
    `tidemark help VERB · help ${TOPICS.map(({ name }) => name).join(' | ')}`,
  ].join('\n')
}

const verbForm = ({ name, argument }: VerbDefinition) => (argument ? `${name} ${argument.placeholder}` : name)

const VERB_INDENT = 19
/** Where the line of the inputs goes on with the patterns. */
const PATTERNS_AT = 43

/** Forms of two words stay on one line. */
function wrapForms(forms: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const form of forms) {
    const longer = `${lines.at(-1)}  ${form}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(form)
  }
  return lines
}

const formsOf = (group: VerbDefinition['group']): string[] => VERBS.filter((verb) => verb.group === group).map(verbForm)

function verbLines(): string[] {
  const groups = ['rows', 'windows', 'inputs'] as const
  const patterns = `patterns  ${formsOf('patterns').join('  ')}`
  return groups.flatMap((group, i) => {
    const [first, ...more] = wrapForms(formsOf(group), HELP_WIDTH - VERB_INDENT)
    const line = `${i === 0 ? 'verbs    ' : '         '}${group.padEnd(10)}${first}`
    const whole = group === 'inputs' && more.length === 0 ? `${line.padEnd(PATTERNS_AT)}${patterns}` : line
    return [whole, ...more.map((other) => ' '.repeat(VERB_INDENT) + other)]
  })
}

function sectionLines({ title, flags, also }: (typeof FRONT_PAGE)[number]): string[] {
  const more = also.length === 0 ? '' : `; ${also.map((name) => flagForm(findFlag(name)!)).join(', ')}`
  return flags.map((name, i) => {
    const line = flagLine(findFlag(name)!, FRONT_STYLE)
    return `${(i === 0 ? title : '').padEnd(9)}${line}${i === flags.length - 1 ? more : ''}`
  })
}

function moreLine(): string {
  const forms = ['arg', 'tz'].map((name) => flagForm(findFlag(name)!))
  const letters = ['verbose', 'quiet', 'version'].map((name) => `-${findFlag(name)!.short}`)
  return `more         ${[...forms, ...letters].join('  ')}  (all: tidemark help flags, man tidemark)`
}

function verbHelp(verb: VerbDefinition): string {
  const flags = flagsOfVerb(verb).filter(({ name }) => name !== 'name')
  const { argument } = verb
  return [
    `tidemark ${verbForm(verb)}: ${verb.summary}`,
    '',
    `usage: tidemark ${verb.needsTime ? '-t FIELD ' : ''}[FLAG...] ${verb.usage} [FILE...]`,
    '',
    ...verb.examples.flatMap(({ command, output }) => [`  ${command}`, ...(output ? [`    ${output}`] : [])]),
    '',
    ...(argument ? [`  ${cell(argument.placeholder, VERB_STYLE.width + 4, 3)}${argument.summary}`] : []),
    ...flags.map((flag) => `  ${flagLine(flag, VERB_STYLE)}`),
    ...verb.notes,
    `see also: ${verb.seeAlso}`,
  ].join('\n')
}

function commandHelp(command: CommandDefinition): string {
  const flags = command.flags.map(
    (name) => `  ${flagLine({ ...findFlag(name)!, ...command.flagLines?.[name] }, VERB_STYLE)}`,
  )
  const words = command.arguments.map(({ name, summary }) => `  ${cell(name, VERB_STYLE.width + 4, 3)}${summary}`)
  return [
    `tidemark ${command.name}: ${command.summary}`,
    '',
    `usage: tidemark ${command.usage}`,
    '',
    ...command.examples.map((example) => `  ${example}`),
    ...(words.length + flags.length > 0 ? ['', ...words, ...flags] : ['']),
    ...wrap(command.manual),
    ...(command.table ? ['', ...command.table] : []),
  ].join('\n')
}
