import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import { KAFKA_OPTIONS } from '../../connectors/kafka-options.ts'
import { PlanBuilder } from '../../plan/builder.ts'
import type { ScanNode } from '../../plan/kinds/scan.ts'
import { scansOf, topologicalOrder } from '../../plan/nodes.ts'
import type { Destination, JobOptions } from '../flags/command-line.ts'
import { findFlag } from '../flags/definitions.ts'
import type { FlagUse } from '../flags/lexed.ts'
import { checkPlaces, destinationName, type NamedOutput } from '../flags/outputs.ts'
import { checkOutputTime, parseJob } from '../flags/parse-job.ts'
import type { ReadText } from '../flags/step-reader.ts'
import { parametersOf, planSource, sideSink } from '../flags/to-plan.ts'
import type { PlannedJob, SinkOptions, SourceOptions } from '../planned-job.ts'
import { planRecord } from '../record-parts.ts'
import type { Pipeline, PipelineSink, PipelineSource } from './pipeline.ts'
import { hasTable, planSteps } from './plan-steps.ts'
import { refusal } from './refusals.ts'
import { Streams } from './streams.ts'

/** What a command line adds to a pipeline file: its flags go before those of the file. */
export interface RunSettings {
  /** Job flags of the line. */
  readonly uses: readonly FlagUse[]
  /** Files that stand in for what sources name, by source, and for tables, by step. */
  readonly inputs: ReadonlyMap<string, string>
  /** Paths, or `-`, that stand in for what sinks name, by sink. */
  readonly outputs: ReadonlyMap<string, string>
  readonly readText: ReadText
}

/** A stateful step that goes by the ordinal of its verb: another one before it would take its state. */
export interface UnnamedStep {
  readonly id: string
  readonly label: string
  readonly span: Span
}

export interface PlannedPipeline extends PlannedJob {
  readonly unnamed: readonly UnnamedStep[]
}

const isOfKafka = (flag: string): boolean => flag === 'until' || KAFKA_OPTIONS.some((option) => option.flag === flag)

/** A file stands in for what a sink names. */
const withOutput = (uses: readonly FlagUse[], path: string): readonly FlagUse[] => [
  { flag: findFlag('output')!, written: 'file', value: path },
  ...uses.filter(({ flag }) => flag.name !== 'output' && !isOfKafka(flag.name)),
]

/** Where the rows of the last step go if there are no sinks. */
const RESULT = 'rows'

/** A pipeline file as a plan, by the same builder as flags. All that is wrong with it is found here; throws TidemarkError with its place in the file and exit 5. */
export function planPipeline(pipeline: Pipeline, settings: RunSettings): PlannedPipeline {
  parseJob({ jobFlags: settings.uses, files: [] }) // what is wrong with the line alone is told as of any line
  return pipeline.places.within(pipeline.span, () => new PipelinePlanner(pipeline, settings).plan())
}

class PipelinePlanner {
  readonly #pipeline: Pipeline
  readonly #settings: RunSettings
  readonly #job: JobOptions
  readonly #builder: PlanBuilder
  readonly #streams: Streams
  readonly #sources = new Map<ScanNode, SourceOptions>()
  readonly #files: string[] = []
  readonly #outputs: NamedOutput[] = []
  readonly #bad = new Set<string>()

  constructor(pipeline: Pipeline, settings: RunSettings) {
    this.#pipeline = pipeline
    this.#settings = settings
    const given = new Set(settings.uses.map(({ flag }) => flag.name))
    const own = pipeline.uses.filter(({ flag }) => !given.has(flag.name))
    const jobFlags = [...settings.uses, ...own]
    const job = pipeline.places.within(pipeline.span, () => parseJob({ jobFlags, files: [] }), own)
    const bound = new Set(job.bindings.map(({ name }) => name))
    this.#job = { ...job, bindings: [...job.bindings, ...pipeline.args.filter(({ name }) => !bound.has(name))] }
    this.#builder = new PlanBuilder({ parameters: parametersOf(this.#job), zone: job.zone })
    this.#streams = new Streams(this.#builder)
  }

  plan(): PlannedPipeline {
    const { sources, defaults, secrets } = this.#pipeline
    const job = this.#job
    for (const source of sources) this.#source(source)
    const sides: SinkOptions[] = []
    const unnamed = planSteps({
      pipeline: this.#pipeline,
      streams: this.#streams,
      builder: this.#builder,
      readText: this.#settings.readText,
      tables: this.#settings.inputs,
      reads: (file) => this.#read(file),
      sendTo: (to, branches, { verb }) => {
        sides.push(sideSink(job, to, branches))
        this.#outputs.push({ flag: verb, to })
      },
    })
    for (const use of defaults) this.#checkDefault(use)
    const declared = this.#pipeline.sinks.length > 0 ? this.#pipeline.sinks : [this.#standardOutput()]
    this.#checkStandIns(declared)
    const sinks = [...declared.map((sink) => this.#sink(sink)), ...sides]
    this.#streams.refuseUnused()
    if (job.late.kind === 'route') this.#outputs.push({ flag: 'late', to: job.late.to })
    if (job.onError.kind === 'route') this.#noteBad('the pipeline', job.onError.to)
    if (job.summary) this.#outputs.push({ flag: '--summary', to: job.summary })
    this.#refuseTwoWays()
    const root = this.#builder.sinks(sinks)
    for (const node of topologicalOrder(root)) {
      if (node.kind === 'match' && node.timeouts)
        this.#outputs.push({ flag: `timeout of ${node.id}`, to: node.timeouts })
    }
    checkPlaces(this.#files, this.#outputs)
    return { root, builder: this.#builder, sinks, sources: this.#sources, job, origin: 'file', secrets, unnamed }
  }

  #source({ name, span, files, uses, schema: columns }: PipelineSource): void {
    const { places } = this.#pipeline
    const instead = this.#settings.inputs.get(name)
    const own =
      instead === undefined ? uses : uses.filter(({ flag }) => flag.name !== 'follow' && !isOfKafka(flag.name))
    const operands = instead === undefined ? files : [instead]
    places.within(
      span,
      () => {
        const job = parseJob({ jobFlags: own, files: operands })
        if (operands.includes('-') && this.#files.includes('-')) {
          throw refusal('two sources read standard input', span, 'it can be read once; steps can share a source')
        }
        this.#files.push(...operands)
        const ordered = name === 'input' ? 'ordered' : `${name}.ordered`
        const step = { verb: 'schema', name: name === 'input' ? 'schema' : `${name}.schema`, span }
        const schema = columns && { columns, step }
        const rows = planSource(this.#builder, job, { name, ordered, schema })
        const scans = scansOf(rows)
        this.#streams.addSource({ name, span }, rows, scans)
        const hasOwn = own.some(({ flag }) => flag.name === 'on-error')
        if (hasOwn && job.onError.kind === 'route') this.#noteBad(name, job.onError.to)
        const bad = hasOwn ? { onError: job.onError, maxErrors: job.maxErrors } : null
        for (const scan of scans) this.#sources.set(scan, { inputStyle: job.inputStyle, bad })
      },
      own,
    )
  }

  /** A file that a step reads by itself. */
  #read(file: Span): void {
    if (file.text === '-' && this.#files.includes('-'))
      throw new TidemarkError('E_PIPELINE', 'standard input is read twice', {
        span: file,
        hint: 'name a file for one of them',
      })
    this.#files.push(file.text)
  }

  /** Sources may share the place for what they cannot read. */
  #noteBad(source: string, to: Destination): void {
    const place = destinationName(to)
    if (this.#bad.has(place)) return
    this.#bad.add(place)
    this.#outputs.push({ flag: `on-error of ${source}`, to })
  }

  /** What a source cannot read goes one way. */
  #refuseTwoWays(): void {
    for (const { name, span, uses } of this.#pipeline.sources) {
      const onError = uses.find(({ flag }) => flag.name === 'on-error')
      if (!onError || !this.#streams.hasBad(name)) continue
      throw refusal(`${name}.bad is taken, and on-error says where else it goes`, span, `leave on-error out of ${name}`)
    }
  }

  #standardOutput(): PipelineSink {
    const output = { flag: findFlag('output')!, written: 'file', value: '-' }
    return { name: RESULT, span: this.#pipeline.span, from: null, uses: [output] }
  }

  #sink({ name, span, from, uses }: PipelineSink): SinkOptions {
    const { places } = this.#pipeline
    const instead = this.#settings.outputs.get(name)
    const own = instead === undefined ? [...uses, ...this.#stateFor(uses)] : withOutput(uses, instead)
    const hasTimeOutput = own.some(({ flag }) => flag.name === 'time-output')
    return places.within(
      span,
      () => {
        const options = parseJob({ jobFlags: own, files: [] })
        const nodes = this.#streams.inputs(from, span)
        for (const node of nodes) checkOutputTime(options.output, node.schema.hasTime)
        if (nodes.length > 1 && options.outputFormat !== 'ndjson') {
          throw refusal(
            `${options.outputFormat} has one header, and ${name} takes rows of ${nodes.length} steps`,
            span,
            'make them one with a step before it, or write ndjson',
          )
        }
        this.#outputs.push({ flag: `the sink ${name}`, to: options.output })
        checkPlaces(this.#files, this.#outputs)
        const { output, append, outputFormat, changelog } = options
        const nameOf = (option: string) => option
        const records =
          output.kind === 'kafka'
            ? { records: nodes.map((node) => planRecord(this.#builder, node, output.sink, nameOf)) }
            : {}
        const timeOutput = hasTimeOutput ? options.timeOutput : this.#job.timeOutput
        return { name, from: nodes, output, append, outputFormat, changelog, timeOutput, ...records }
      },
      own,
    )
  }

  /** Rows get to Kafka exactly once where the run keeps state. */
  #stateFor(uses: readonly FlagUse[]): readonly FlagUse[] {
    if (!uses.some(({ flag }) => isOfKafka(flag.name))) return []
    return this.#settings.uses.filter(({ flag }) => flag.name === 'state')
  }

  #checkDefault(use: FlagUse): void {
    if (this.#pipeline.steps.some(({ step }) => step.verb.flags.includes(use.flag.name))) return
    this.#pipeline.places.within(this.#pipeline.span, () => {
      throw new TidemarkError('E_PIPELINE', `${use.written} has no effect: no step here takes it`)
    }, [use])
  }

  /** `--input NAME=FILE` and `--output NAME=FILE` name what is there. */
  #checkStandIns(sinks: readonly PipelineSink[]): void {
    const { sources, steps } = this.#pipeline
    const { inputs, outputs } = this.#settings
    const known = sources.map(({ name }) => name)
    const tables = steps.filter(hasTable).flatMap(({ name }) => name?.name ?? [])
    const noSource = [...inputs.keys()].find((name) => !known.includes(name) && !tables.includes(name))
    if (noSource !== undefined) {
      const ofTables = tables.length === 0 ? '' : `; steps with a table: ${tables.join(', ')}`
      throw noStandIn(`--input: there is no source '${noSource}'`, `sources are ${known.join(', ')}${ofTables}`)
    }
    const ends = sinks.map(({ name }) => name)
    const noSink = [...outputs.keys()].find((name) => !ends.includes(name))
    if (noSink !== undefined) throw noStandIn(`--output: there is no sink '${noSink}'`, `sinks are ${ends.join(', ')}`)
  }
}

/** It is a mistake of the line, not of the file. */
const noStandIn = (what: string, hint: string) => new TidemarkError('E_FLAG_VALUE', what, { hint, exit: 'usage' })
