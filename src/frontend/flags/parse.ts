import { TidemarkError } from '../../base/errors.ts'
import { GRAPH_STYLES, type GraphStyle } from '../../plan/graph.ts'
import type { ChainLine, CommandLine, StepOptions } from './command-line.ts'
import { verbsWith } from './definitions.ts'
import { longName } from './flag.ts'
import { lex, type Surroundings } from './lex.ts'
import type { LexedChain } from './lexed.ts'
import { checkOutputs, type NamedOutput } from './outputs.ts'
import { checkJobTime, checkOutputTime, parseJob } from './parse-job.ts'
import { parseStep } from './parse-step.ts'
import type { ReadText } from './step-reader.ts'

/** What parsing may ask of the world outside. */
export interface ParseSurroundings extends Surroundings {
  /** The whole text of a file, for `-f FILE`; throws `TidemarkError` if it cannot be read. */
  readonly readText: ReadText
}

/**
 * The words behind `tidemark` as a typed command line. Throws `TidemarkError` with exit 2 for anything that can be known from the words
 * (and the files of `-f`) alone. Expressions stay text: whoever plans the job reads them.
 */
export function parseCommandLine(words: readonly string[], surroundings: ParseSurroundings): CommandLine {
  const line = lex(words, surroundings)
  return line.kind === 'chain' ? parseChain(line, surroundings.readText) : line
}

function parseChain(line: LexedChain, readText: ReadText): ChainLine {
  checkDefaults(line)
  const job = parseJob(line)
  const hasTime = job.time !== null || job.arrivalTime
  checkOutputTime(job.output, hasTime)
  checkJobTime(job, hasTime)
  const steps = line.steps.map((step) => parseStep(step, { defaults: line.defaults, readText }))
  checkOutputs(job, steps.flatMap(otherInputs), steps.flatMap(sideOutputs))
  const names = steps.flatMap(({ name }) => name ?? [])
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) {
    throw new TidemarkError('E_FLAG_VALUE', `two steps have --name '${repeated}'`, {
      hint: 'a name stands for one step, in messages and in stored state',
    })
  }
  return {
    kind: 'chain',
    command: (line.command?.name as ChainLine['command'] | undefined) ?? 'run',
    ...readForm(line),
    job,
    steps,
    shown: line.jobFlags.some(({ flag }) => flag.name === 'show-yaml') ? line : null,
  }
}

/** The files that a step reads besides its input. */
const otherInputs = (step: StepOptions): readonly string[] =>
  step.verb === 'join' ? [step.with.text] : step.verb === 'enrich' ? [step.table.file] : []

/** The files that a step writes besides its output. */
function sideOutputs(step: StepOptions): readonly NamedOutput[] {
  if (step.verb === 'match') return step.timeouts ? [{ flag: '--timeout', to: step.timeouts }] : []
  return step.verb === 'split' || step.verb === 'tee' ? [{ flag: step.verb, to: step.to }] : []
}

/** How a command about a chain prints it. Throws E_FLAG for two forms. */
function readForm({ commandFlags }: LexedChain): Pick<ChainLine, 'json' | 'graph'> {
  const forms = commandFlags.filter(({ flag: { name } }) => name === 'json' || isGraphStyle(name))
  if (forms.length > 1)
    throw new TidemarkError('E_FLAG', `${forms[0]!.written} and ${forms[1]!.written} exclude each other`, {
      hint: 'each says in which form the plan is printed',
    })
  const name = forms[0]?.flag.name ?? ''
  return { json: name === 'json', graph: isGraphStyle(name) ? name : null }
}

const isGraphStyle = (name: string): name is GraphStyle => GRAPH_STYLES.some((style) => style === name)

/** A default that no step takes would be silently without effect. */
function checkDefaults({ defaults, steps }: LexedChain): void {
  for (const { flag } of defaults) {
    if (steps.some(({ verb }) => verb.flags.includes(flag.name))) continue
    throw new TidemarkError('E_FLAG', `${longName(flag)} has no effect: no step here takes it`, {
      hint: `verbs that do: ${verbsWith(flag)
        .map(({ name }) => name)
        .join(', ')}`,
    })
  }
}
