import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { PlanBuilder } from '../../plan/builder.ts'
import type { ScanNode } from '../../plan/kinds/scan.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { Name } from './pipeline.ts'
import { refusal, unknownName } from './refusals.ts'

/** The rows of one source or step, and what comes out beside them. */
interface Stream {
  readonly name: Name
  readonly rows: PlanNode
  /** Of a source: `NAME.bad`. */
  readonly scans: readonly ScanNode[]
  /** The node that drops late rows, `NAME.late`; null: it drops none. */
  readonly judge: PlanNode | null
  /** Side outputs that were asked for. */
  readonly sides: Map<string, PlanNode>
  isUsed: boolean
}

/** What steps and sinks can name: sources, the steps above, and their side outputs. */
export class Streams {
  readonly #builder: PlanBuilder
  readonly #streams = new Map<string, Stream>()
  #sources = 0
  #last: Stream | null = null

  constructor(builder: PlanBuilder) {
    this.#builder = builder
  }

  addSource(name: Name, rows: PlanNode, scans: readonly ScanNode[]): void {
    // the schema of a source stands above its order
    const read = rows.kind === 'project' ? rows.input : rows
    const judge = read.kind === 'sort' ? read : null
    this.#add({ name, rows, scans, judge, sides: new Map(), isUsed: false })
    this.#sources += 1
  }

  /** `isNamed`: others can say its name; else only what stands right below takes its rows. */
  addStep(
    name: Name,
    rows: PlanNode,
    { judge, isNamed }: { readonly judge: PlanNode | null; readonly isNamed: boolean },
  ): void {
    const stream: Stream = { name, rows, scans: [], judge, sides: new Map(), isUsed: false }
    if (isNamed) this.#add(stream)
    else this.#streams.set(`\0${name.name}`, stream)
    this.#last = stream
  }

  /** The rows that `from` names; without it, those of the step above, or of the only source. */
  inputs(from: readonly Name[] | null, at: Span): readonly PlanNode[] {
    if (from !== null) return from.map((name) => this.named(name))
    const above = this.#last ?? [...this.#streams.values()][0]!
    if (this.#last === null && this.#sources > 1) {
      throw refusal('there are several sources, and from does not say which', at, `from: ${above.name.name}`)
    }
    above.isUsed = true
    return [above.rows]
  }

  /** The same as one stream. `id`: of the union of several. */
  input(from: readonly Name[] | null, at: Span, id: string): PlanNode {
    const inputs = this.inputs(from, at)
    if (inputs.length === 1) return inputs[0]!
    const names = from?.map(({ name }) => name)
    return this.#builder.union(inputs, id, names)
  }

  /** Throws E_PIPELINE for a name that is not there (yet). */
  named({ name, span }: Name): PlanNode {
    const dot = name.indexOf('.')
    const stream = this.#streams.get(dot < 0 ? name : name.slice(0, dot))
    if (!stream) throw unknownName(name, span, this.#names())
    stream.isUsed = true
    return dot < 0 ? stream.rows : this.#side(stream, name.slice(dot + 1), span)
  }

  /** Has the source a stream of what it cannot read? */
  hasBad(source: string): boolean {
    return this.#streams.get(source)!.sides.has('bad')
  }

  /** Rows that nobody takes are a slip: throws E_PIPELINE. */
  refuseUnused(): void {
    const unused = [...this.#streams.values()].find(({ isUsed }) => !isUsed)
    if (!unused) return
    const { name, span } = unused.name
    const isNamed = this.#streams.get(name) === unused
    const hint = isNamed
      ? `a step or sink takes them with from: ${name}`
      : 'give it a name, and take it with from: NAME'
    throw refusal(`the rows of ${name} go nowhere`, span, hint)
  }

  #add(stream: Stream): void {
    this.checkFree(stream.name)
    this.#streams.set(stream.name.name, stream)
  }

  /** Throws E_PIPELINE for a name that stands for something. */
  checkFree({ name, span }: Name): void {
    const other = this.#streams.get(name)
    if (other) {
      const what = other.scans.length > 0 ? 'a source' : 'another step'
      throw refusal(`${what} is called '${name}' already`, span, 'a name stands for one stream, and for its state')
    }
  }

  #side(stream: Stream, side: string, span: Span): PlanNode {
    const known = stream.sides.get(side)
    if (known) return known
    const made = this.#makeSide(stream, side, span)
    stream.sides.set(side, made)
    return made
  }

  #makeSide({ name: { name }, rows, scans, judge }: Stream, side: string, span: Span): PlanNode {
    if (side === 'bad' && scans.length > 0) {
      const bad = scans.map((scan) => this.#builder.badRows(scan))
      return bad.length === 1 ? bad[0]! : this.#builder.union(bad, `${name}.bad`)
    }
    if (side === 'late' && judge) return this.#lateRows(name, judge, span)
    const unmatched = side === 'unmatched' ? this.#builder.unmatched(rows) : null
    if (unmatched) return unmatched
    if (side === 'unmatched' && isJoin(rows)) throw noUnmatched(name, rows, span)
    const sides = [
      ...(scans.length > 0 ? [`${name}.bad`] : []),
      ...(judge ? [`${name}.late`] : []),
      ...(isJoin(rows) ? [`${name}.unmatched`] : []),
    ]
    if (/^timeouts?$/.test(side) && judge?.kind === 'match')
      throw refusal(`${name} has no '${side}'`, span, 'timeout: open.ndjson at the step keeps what runs out of time')
    const hint = sides.length > 0 ? `there is ${sides.join(', ')}` : `there are its rows: ${name}`
    const why = side === 'late' ? `${name} drops no late rows` : `${name} has no '${side}'`
    throw refusal(why, span, hint)
  }

  #lateRows(name: string, judge: PlanNode, span: Span): PlanNode {
    try {
      return this.#builder.lateRows(judge)!
    } catch (error) {
      if (!(error instanceof TidemarkError) || error.code !== 'E_COLUMN') throw error
      const what = `late rows of ${name} cannot be one stream: its inputs have other columns`
      throw refusal(what, span, 'late: late.ndjson at the top keeps them')
    }
  }

  #names(): readonly string[] {
    return [...this.#streams.keys()].filter((name) => !name.startsWith('\0'))
  }
}

const isJoin = ({ kind }: PlanNode): boolean => JOINS.includes(kind)
const JOINS: readonly PlanNode['kind'][] = ['interval-join', 'window-join', 'temporal-join', 'regular-join', 'enrich']

function noUnmatched(name: string, rows: PlanNode, span: Span): TidemarkError {
  if (rows.kind === 'interval-join' || rows.kind === 'window-join' || rows.kind === 'enrich')
    return refusal(`${name} gives the rows without a partner itself`, span, `there are its rows: ${name}`)
  const hint = 'kind: left gives them with NULL in the place of the right row, and a filter finds them'
  return refusal(`rows of ${name} without a partner are no stream of their own`, span, hint)
}
