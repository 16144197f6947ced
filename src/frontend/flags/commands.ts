import { KAFKA_RIGHTS_TEXT } from '../../connectors/kafka-rights.ts'
import { KAFKA_FLAGS } from './kafka-flags.ts'
import type { CommandDefinition } from './verb.ts'

const KAFKA_LOGIN = KAFKA_FLAGS.filter(({ section }) => section === 'kafka').map(({ name }) => name)

/** Flags of the line that make sense where a file says the rest. */
const RUN_FLAGS = [
  'state',
  'checkpoint-interval',
  'at-eof',
  'until',
  'drain-timeout',
  'require',
  'restore',
  'allow-drop-state',
  'allow-rewind',
  'replay',
  'arg',
  'argjson',
  'input',
  'output',
  'strict-fields',
  'fail-on-empty',
  'scanner',
  'summary',
  'live',
] as const

/** What some flags are where sources and sinks have names. */
const STAND_INS = {
  until: {
    placeholder: 'D|rows:N|watermark:TIME',
    summary: 'end the run there, as if the input had ended',
    manual: '',
  },
  input: {
    placeholder: 'NAME=FILE',
    summary: 'read FILE for the source or the table of the step NAME; may be repeated',
    default: '',
    manual: '',
  },
  output: {
    placeholder: 'NAME=FILE|-',
    summary: 'write the rows of the sink NAME to FILE; may be repeated',
    default: '',
    manual: '',
    repeats: true,
  },
} as const

/** Every command, in the order of the help. No command has a verb's name. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'run',
    summary: 'a pipeline file: several sources, steps and sinks',
    usage: 'run FILE.yaml [--state DIR] [--input NAME=FILE] [--output NAME=FILE]',
    takesChain: false,
    isExplained: true,
    arguments: [{ name: 'FILE', required: true, summary: 'a pipeline file, YAML', isFile: true }],
    flags: [...RUN_FLAGS],
    flagLines: STAND_INS,
    examples: [
      'tidemark run pipeline.yaml --state st',
      'tidemark run pipeline.yaml --input orders=fixtures/orders.ndjson --output alerts=-',
      'tidemark explain run pipeline.yaml',
    ],
    manual:
      'Runs what FILE describes (help yaml). Paths in it are relative to its folder, those of the command line to the current one. --input puts a file in the place of what a source or the table of a step names, --output a file or - in the place of what a sink names: so the pipeline can be tried without its connectors. explain run FILE and state plan run FILE tell about it instead.',
  },
  {
    name: 'validate',
    summary: 'check a pipeline file, without reading or writing rows',
    usage: 'validate FILE.yaml',
    takesChain: false,
    arguments: [{ name: 'FILE', required: true, summary: 'a pipeline file, YAML', isFile: true }],
    flags: ['arg', 'argjson'],
    examples: ['tidemark validate pipeline.yaml'],
    manual:
      'Everything that run would find before its first row: keys, names, expressions, types. Variables need not be set. Says nothing if all is well, and warns of steps that keep state and have no name. Exit 5 if run would refuse the file.',
  },
  {
    name: 'explain',
    summary: 'what a chain of verbs would do: plan, changelog of every edge, guarantees',
    usage: 'explain [FLAG...] VERB [ARG] [FLAG...] [then ...]... [FILE...]',
    takesChain: true,
    arguments: [],
    flags: ['json', 'mermaid', 'dot'],
    examples: [
      'tidemark explain -t ts tumble 5m -b service app.ndjson',
      'tidemark explain --dot -t ts tumble 5m -b service app.ndjson | dot -Tsvg > plan.svg',
    ],
    manual:
      'Takes a whole chain and reads no rows. Prints the logical plan, the physical plan and what is guaranteed; or the plan as a graph, in which every edge says whether its rows correct others (append, retract) and steps that keep state are drums. With --state DIR, match --explain-partials KEY adds the partial matches that DIR holds for KEY.',
  },
  {
    name: 'kafka',
    summary: 'how far a job is behind the ends of its topics',
    usage: 'kafka lag --state DIR',
    takesChain: false,
    arguments: [{ name: 'ACTION', required: true, summary: 'lag', keywords: ['lag'] }],
    flags: ['state', 'json', 'kafka', ...KAFKA_LOGIN],
    examples: ['tidemark kafka lag --state /var/lib/tidemark/hours'],
    manual:
      'For each partition: the next row to read as of the last checkpoint, the end of the partition, and how many offsets lie between (ends of transactions and what compaction has removed count too). The login is that of the flags or the environment, the brokers those of the job unless --kafka names others. While the job runs its --state is in use: then ask the consumer group that --group names.',
    table: KAFKA_RIGHTS_TEXT,
  },
  {
    name: 'state',
    summary: 'what a state directory holds; savepoints',
    usage: 'state ls|show|verify|reset|dump|restore DIR..., or state plan CHAIN',
    takesChain: false,
    arguments: [
      {
        name: 'ACTION',
        required: true,
        summary: 'ls, show, verify, reset, dump, restore; plan: help state plan',
        keywords: ['ls', 'show', 'verify', 'reset', 'dump', 'restore'],
      },
      { name: 'DIR', required: true, summary: 'as given to --state', isFolder: true, repeats: true },
    ],
    flags: ['json', 'epoch'],
    examples: [
      'tidemark state ls /var/lib/tidemark/*',
      'tidemark state verify st',
      'tidemark state dump st > st.savepoint',
      'tidemark state restore other < st.savepoint',
    ],
    manual:
      'ls: a line for each DIR: its last epoch and how old it is, steps, entries, bytes, and which process uses it. show: where the sources go on, watermarks, what each step keeps and for which keys and aggregates, what sinks have been given. verify: reads every page and tells what is damaged and which epoch is still whole; exit 7 if something is. reset: the next run with this DIR begins anew; nothing is kept and nothing asked. dump: writes a savepoint of one DIR to standard output, NDJSON that any later release reads. restore: makes a new DIR of the savepoint on standard input. A DIR that is in use is only listed.',
  },
  {
    name: 'state plan',
    summary: 'what becomes of the state of each step when a chain goes on with it',
    usage: 'state plan --state DIR [FLAG...] VERB [ARG] [FLAG...] [then ...]... [FILE...]',
    takesChain: true,
    arguments: [],
    flags: ['json'],
    examples: ['tidemark state plan --state st -t ts tumble 5m -b service app.ndjson'],
    manual:
      'Takes a whole chain as it would be run, reads no rows and changes nothing. One line for each step that keeps state: keep, new, dropped or incompatible, and why. Exit 6 if the run would be refused.',
  },
  {
    name: 'stop',
    summary: 'ask the process that uses a state directory to stop, and wait until it is gone',
    usage: 'stop --state DIR [--wait D]',
    takesChain: false,
    arguments: [],
    flags: ['state', 'wait'],
    examples: ['tidemark stop --state st', 'tidemark stop --state st --wait 5m'],
    manual:
      'Sends SIGTERM: the run takes a last checkpoint and ends, windows stay open for the next one. Exit 0 when the directory is free, at once if nothing uses it; exit 15 if it is not free in time.',
  },
  {
    name: 'functions',
    summary: 'the functions and aggregates that expressions know',
    usage: 'functions [NAME] [--json]',
    takesChain: false,
    arguments: [{ name: 'NAME', required: false, summary: 'only this one' }],
    flags: ['json'],
    examples: ['tidemark functions | grep -i json', 'tidemark functions date_format', 'tidemark functions --json'],
    manual: 'One line for each: how it is called and what it does.',
  },
  {
    name: 'completion',
    summary: 'the completion script of a shell',
    usage: 'completion SHELL',
    takesChain: false,
    arguments: [{ name: 'SHELL', required: true, summary: 'bash, zsh or fish', keywords: ['bash', 'zsh', 'fish'] }],
    flags: [],
    examples: [
      'tidemark completion bash > ~/.local/share/bash-completion/completions/tidemark',
      'tidemark completion zsh > /usr/local/share/zsh/site-functions/_tidemark',
      'tidemark completion fish > ~/.config/fish/completions/tidemark.fish',
    ],
    manual: 'Prints it to standard output, to be put where the shell looks for it.',
  },
  {
    name: 'help',
    summary: 'help for a verb, a command or a topic',
    usage: 'help [VERB|COMMAND|TOPIC] [--man] [--schema]',
    takesChain: false,
    arguments: [{ name: 'TOPIC', required: false, summary: 'a verb, a command or a topic', repeats: true }],
    flags: ['man', 'schema'],
    examples: ['tidemark help tumble', 'tidemark help late'],
    manual: 'The same as --help behind the verb. Topics: expressions, time, late, flags, exit-codes.',
  },
]
