import { TidemarkError } from '../base/errors.ts'
import type { Span } from '../base/span.ts'
import type { ColumnType } from '../data/column-type.ts'
import { bind } from '../expressions/bind.ts'
import { bindAggregateCall } from '../expressions/bind-aggregate.ts'
import type { BoundAggregate, BoundExpression, Field, Scope } from '../expressions/bound.ts'
import type { Expression } from '../expressions/expression.ts'
import { AGGREGATES } from '../functions/aggregates/index.ts'
import { refuseUnknownSteps } from './step-names.ts'

type Call = Extract<Expression, { kind: 'call' }>

/**
 * What an expression says of the rows that a match has taken. `field` stands for it in the expression; `step`: the name of the step whose rows
 * are meant, null: those of all steps.
 */
export type Reference = { readonly field: Field; readonly step: string | null } & (
  | { readonly kind: 'first' | 'last'; readonly argument: BoundExpression; readonly offset: number }
  | { readonly kind: 'aggregate'; readonly aggregate: BoundAggregate }
  /** Event time of the first and the last row. */
  | { readonly kind: 'start' | 'end' }
)

/** What a reference reads of each row. */
export function expressionsOf(reference: Reference): readonly BoundExpression[] {
  if (reference.kind === 'aggregate') {
    const { args, filter } = reference.aggregate
    return filter ? [...args, filter] : args
  }
  return 'argument' in reference ? [reference.argument] : []
}

type ReferenceParts = Reference extends infer R ? (R extends Reference ? Omit<R, 'field'> : never) : never

export interface ReferenceOptions {
  /** Names that fields may begin with. */
  readonly steps: readonly string[]
  /** What a field without a step's name is: one of the row at hand, or of the last row of the match. */
  readonly bare: 'at-hand' | 'last'
  /** Can rows have members that nobody has named? */
  readonly isOpen: boolean
}

/** Finds what expressions say of rows taken before: LAST(A.x, n), FIRST(A.x, n), A.x, aggregates; of whole matches MATCH_START() and MATCH_END(). */
export class References {
  readonly all: Reference[] = []
  readonly #base: Scope
  readonly #options: ReferenceOptions
  readonly #byText = new Map<string, Field>()

  /** `base`: what names mean for one row. */
  constructor(base: Scope, options: ReferenceOptions) {
    this.#base = base
    this.#options = options
  }

  get steps(): readonly string[] {
    return this.#options.steps
  }

  bind(expression: Expression): BoundExpression {
    const { steps, isOpen } = this.#options
    refuseUnknownSteps(expression, { steps, columns: this.#base.names(), isOpen })
    return bind(expression, {
      ...this.#base,
      resolve: (path) => this.#resolve(path),
      resolveCall: (call) => this.#resolveCall(call),
      hasTime: this.#options.bare === 'at-hand' && this.#base.hasTime,
    })
  }

  #resolve(path: readonly string[]): ReturnType<Scope['resolve']> {
    const isOfStep = path.length > 1 && this.#options.steps.includes(path[0]!)
    if (!isOfStep && this.#options.bare === 'at-hand') return this.#base.resolve(path)
    const found = this.#base.resolve(isOfStep ? path.slice(1) : path)
    if (!found) return undefined
    const argument: BoundExpression = { kind: 'field', field: found.field, type: found.field.type, span: NOWHERE }
    const step = isOfStep ? path[0]! : null
    const field = this.#note(`last ${step}`, { kind: 'last', step, argument, offset: 0 }, found.field)
    return { field, rest: found.rest }
  }

  #resolveCall(call: Call): Field | undefined {
    if (call.name === 'first' || call.name === 'last') return this.#end(call, call.name)
    if (call.name === 'match_start' || call.name === 'match_end') return this.#border(call)
    const fn = AGGREGATES.get(call.name)
    if (!fn) return undefined
    const step = this.#stepOf(call)
    const aggregate = bindAggregateCall(call, fn, (node) => this.#bindArgument(node, step))
    return this.#note(textOf(call), { kind: 'aggregate', step, aggregate })
  }

  #border(call: Call): Field | undefined {
    if (this.#options.bare === 'at-hand') return undefined
    if (call.args.length > 0) throw refusal(`${call.name} takes no argument`, call.span, `write ${call.name}()`)
    return this.#note(call.name, { kind: call.name === 'match_start' ? 'start' : 'end', step: null })
  }

  /** FIRST(A.x, n) and LAST(A.x, n). */
  #end(call: Call, kind: 'first' | 'last'): Field {
    const name = kind.toUpperCase()
    const [value, by, ...others] = call.args
    if (value === undefined || others.length > 0 || call.star || call.distinct || call.filter)
      throw refusal(
        `${name} takes a field of a step, and how many rows to go on from there`,
        call.span,
        `write ${name}(A.x) or ${name}(A.x, 1)`,
      )
    if (
      by !== undefined &&
      !(by.kind === 'literal' && typeof by.value === 'number' && Number.isInteger(by.value) && by.value >= 0)
    )
      throw refusal(`the rows that ${name} goes on are a number, 0 or more`, by.span, `write ${name}(A.x, 1)`)
    const offset = by?.kind === 'literal' ? (by.value as number) : 0
    const step = this.#stepOf(call)
    const argument = this.#bindArgument(value, step)
    return this.#note(textOf(call), { kind, step, argument, offset })
  }

  #bindArgument(node: Expression, step: string | null): BoundExpression {
    if (step === null) return bind(node, this.#base)
    const own = (path: readonly string[]) => (path.length > 1 && path[0] === step ? path.slice(1) : path)
    return bind(node, { ...this.#base, resolve: (path) => this.#base.resolve(own(path)) })
  }

  /** The one step whose rows a call is about; null: it names none. */
  #stepOf(call: Call): string | null {
    const { steps } = this.#options
    // what must be a constant is refused as such
    const args = call.args.slice(0, AGGREGATES.get(call.name)?.arity)
    const paths = [...pathsIn([args, call.filter])]
    const named = new Set(paths.map((path) => (path.length > 1 && steps.includes(path[0]!) ? path[0]! : null)))
    if (named.size < 2) return [...named][0] ?? null
    const words = [...named].filter((step) => step !== null)
    const hint = `give each its own call, such as ${call.name}(${words[0]}.x)`
    throw refusal(
      `${call.name} is about the rows of one step, not of ${words.length > 1 ? words.join(' and ') : 'one and all'}`,
      call.span,
      hint,
    )
  }

  #note(text: string, reference: ReferenceParts, of?: Field): Field {
    const known = of === undefined ? this.#byText.get(text) : this.#knownOf(text, of)
    if (known !== undefined) return known
    const field: Field = { name: of === undefined ? text : `${text}.${of.name}`, type: typeOf(reference) }
    this.#byText.set(text, field)
    this.all.push({ ...reference, field } as Reference) // sound: the parts are those of one kind
    return field
  }

  /** Fields of rows are what they are by identity, not by name. */
  #knownOf(text: string, of: Field): Field | undefined {
    const isIt = (one: Reference) =>
      one.kind === 'last' &&
      `last ${one.step}` === text &&
      one.offset === 0 &&
      one.argument.kind === 'field' &&
      one.argument.field === of
    return this.all.find(isIt)?.field
  }
}

const NOWHERE: Span = { source: '', text: '', start: 0, end: 0 }

function typeOf(reference: ReferenceParts): ColumnType {
  if (reference.kind === 'aggregate') return reference.aggregate.type
  return 'argument' in reference ? reference.argument.type : 'timestamp'
}

const textOf = ({ span }: Call): string => span.text.slice(span.start, span.end)

const refusal = (message: string, span: Span, hint: string) => new TidemarkError('E_PATTERN', message, { span, hint })

/** The paths of all fields within parsed expressions. */
function* pathsIn(node: unknown): Generator<readonly string[]> {
  if (Array.isArray(node)) for (const child of node) yield* pathsIn(child)
  else if (node !== null && typeof node === 'object') {
    const expression = node as Partial<Extract<Expression, { kind: 'field' }>>
    if (expression.kind === 'field') yield expression.path!
    else
      for (const [name, child] of Object.entries(node)) if (!name.toLowerCase().endsWith('span')) yield* pathsIn(child)
  }
}
