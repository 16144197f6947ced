import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { Duration } from '../../time/duration.ts'
import type { Emission } from '../../time/emission.ts'
import { findFlag } from './definitions.ts'
import { type FlagUse, type LexedStep, spanOfText, spanOfUse } from './lexed.ts'
import { readDuration, readEmission, readKeyword, readStepName, useOf } from './values.ts'
import type { VerbDefinition } from './verb.ts'

/** The whole text of a file. `source` is the flag that named it. */
export type ReadText = (path: string, source: string) => string

/** Reads the flags of one step by name. */
export class StepReader {
  readonly #step: LexedStep
  readonly #uses: readonly FlagUse[]
  readonly #readText: ReadText

  constructor(step: LexedStep, uses: readonly FlagUse[], readText: ReadText) {
    this.#step = step
    this.#uses = uses
    this.#readText = readText
  }

  get verb(): VerbDefinition {
    return this.#step.verb
  }

  /** The first is the one behind the verb. */
  use(name: string): FlagUse | undefined {
    return useOf(this.#uses, name)
  }

  /** The use behind the verb itself, not before the first one. */
  ownUse(name: string): FlagUse | undefined {
    return useOf(this.#step.flags, name)
  }

  get name(): string | null {
    const use = this.use('name')
    return use ? readStepName(use) : null
  }

  /** The verb's argument, from the line or from `--file`; without white space at the end of a file. */
  get argument(): Span {
    const file = this.use('file')
    if (!file) return spanOfText(this.#step.argumentOrigin ?? this.verb.name, this.#step.argument!)
    const text = this.#readText(file.value, file.written)
      .replace(/^\uFEFF/, '')
      .trimEnd()
    if (text.trim() !== '') return spanOfText(file.value, text)
    throw new TidemarkError('E_FLAG_VALUE', `the file of ${file.written} is empty: ${file.value}`, {
      hint: `it holds the ${this.verb.argument!.placeholder} of ${this.verb.name}`,
    })
  }

  /** The verb's argument as a number of rows, at least 1. */
  count(): number {
    const { argument } = this
    if (/^[1-9]\d{0,8}$/.test(argument.text)) return Number(argument.text)
    const { placeholder, example } = this.verb.argument!
    throw new TidemarkError(
      'E_FLAG_VALUE',
      `the ${placeholder} of ${this.verb.name} is a number of rows, not '${argument.text}'`,
      {
        hint: `for example: tidemark ${example}`,
      },
    )
  }

  list(name: string): readonly Span[] {
    return this.#uses.filter(({ flag }) => flag.name === name).map(spanOfUse)
  }

  duration(name: string): Duration | null {
    const use = this.use(name)
    return use ? readDuration(use) : null
  }

  keyword<K extends string>(name: string, keywords: readonly K[]): K | undefined {
    const use = this.use(name)
    return use ? readKeyword(use, keywords) : undefined
  }

  /** null also where the step's flag `bound` bounds its state already; behind the verb, both together are refused. */
  stateTtl(bound?: string): Duration | null {
    const ttl = this.duration('state-ttl')
    const other = bound === undefined ? undefined : this.use(bound)
    if (ttl === null || other === undefined) return ttl
    const own = this.ownUse('state-ttl')
    if (own === undefined) return null
    throw new TidemarkError('E_FLAG', `${this.verb.name} takes ${other.written} or ${own.written}, not both`, {
      hint: `${other.written} already says when a key is forgotten`,
    })
  }

  emit(): Emission {
    const use = this.use('emit')
    return use ? readEmission(use) : 'final'
  }

  checkRequired(): void {
    const missing = this.verb.required?.find((name) => !this.use(name))
    if (missing === undefined) return
    const flag = findFlag(missing)!
    const { argument } = this.#step
    const quoted = argument === undefined || /^[\w.%]+$/.test(argument) ? argument : quotedForShell(argument)
    throw new TidemarkError('E_FLAG', `${this.verb.name} needs --${missing}`, {
      hint: `write: ${this.verb.name}${quoted ? ` ${quoted}` : ''} --${missing} ${flag.placeholder}`,
    })
  }
}

const quotedForShell = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`)
