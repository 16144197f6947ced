import { findFlag } from '../flags/definitions.ts'
import type { FlagUse } from '../flags/lexed.ts'
import type { ConnectorReading } from './connectors/connector.ts'
import type { YamlNode, YamlScalar } from './document.ts'
import { type Key, namesStream } from './keys.ts'
import type { Places } from './places.ts'
import { refusal, wrongKind } from './refusals.ts'
import type { Environment, Variables } from './variables.ts'

/** Turns values of a pipeline file into what a command line would have: texts of flags, each with its place. */
export class ValueReader implements ConnectorReading {
  readonly places: Places
  readonly #environment: Environment
  readonly #variables: Variables

  constructor(places: Places, environment: Environment, variables: Variables) {
    this.places = places
    this.#environment = environment
    this.#variables = variables
  }

  text(node: YamlScalar): string {
    return this.#variables.fill(node)
  }

  isOpen(node: YamlScalar): boolean {
    return this.#variables.isOpen(node)
  }

  path(node: YamlScalar): string {
    return this.#resolved(this.text(node))
  }

  place(origin: string, scalar: YamlScalar): void {
    this.places.add(origin, scalar)
  }

  scalar(node: YamlNode, what: string): YamlScalar {
    if (node.kind === 'scalar' && node.value !== null) return node
    throw wrongKind(node, what, looksTorn(node) ? QUOTE : undefined)
  }

  /** The uses of a flag that a key stands for. `owner`: the name of what has the key, for messages about rows. */
  uses({ key, flag }: Key, node: YamlNode, owner: string): readonly FlagUse[] {
    const { kind } = flag.value
    if (kind === 'none') return this.#isTrue(key, node) ? [{ flag, written: key, value: '' }] : []
    if (node.kind === 'list' && flag.repeats) {
      return node.items.map((item, i) =>
        this.#use({ key, flag }, this.scalar(item, `${key} is a list of texts`), `${owner}.${key}[${i}]`),
      )
    }
    if (node.kind === 'list' && kind === 'field') return [this.#joined({ key, flag }, node, `${owner}.${key}`)]
    if (node.kind === 'map' && flag.repeats && !looksTorn(node)) {
      return node.entries.map((entry) => {
        const scalar = this.scalar(entry.value, `${entry.key} is a text`)
        const text = `${entry.key}: ${scalar.text}`
        this.places.add(`${owner}.${key}.${entry.key}`, {
          ...scalar,
          text,
          span: pairSpan(entry.keySpan, scalar, text),
        })
        return { flag, written: key, value: text, origin: `${owner}.${key}.${entry.key}` }
      })
    }
    return [
      this.#use(
        { key, flag },
        this.scalar(node, `${key} is ${flag.repeats ? 'a text or a list' : 'a text'}`),
        `${owner}.${key}`,
      ),
    ]
  }

  /** An expression, or whatever a verb's argument is. */
  argument(node: YamlNode, key: string, origin: string, isFile: boolean): string {
    if (node.kind === 'list') return this.#joined({ key, flag: findFlag('by')! }, node, origin).value
    const scalar = this.scalar(node, `${key} is a text`)
    if (isFile) return this.path(scalar)
    this.#refuseVariable(scalar)
    this.places.add(origin, scalar)
    return scalar.text.trimEnd()
  }

  #use({ key, flag }: Key, scalar: YamlScalar, origin: string): FlagUse {
    this.places.add(origin, scalar)
    const { kind } = flag.value
    if (namesStream(flag)) return { flag, written: key, value: scalar.text, origin }
    if (kind === 'input-file' || kind === 'output-file') return { flag, written: key, value: this.path(scalar), origin }
    if (kind === 'keyword-or-file') return { flag, written: key, value: this.#keywordOrPath(scalar), origin }
    this.#refuseVariable(scalar)
    return { flag, written: key, value: scalar.text.trimEnd(), origin }
  }

  /** `[a, b]` where a flag takes one text. */
  #joined({ key, flag }: Key, node: Extract<YamlNode, { kind: 'list' }>, origin: string): FlagUse {
    const items = node.items.map((item) => this.scalar(item, `${key} is a list of texts`))
    for (const item of items) this.#refuseVariable(item)
    const value = items.map(({ text }) => text.trim()).join(', ')
    this.places.add(origin, { kind: 'scalar', span: node.span, value, text: value, style: 'folded' })
    return { flag, written: key, value, origin }
  }

  #keywordOrPath(scalar: YamlScalar): string {
    const text = this.text(scalar)
    return /[/.]/.test(text) && !text.startsWith('fd:') ? this.#resolved(text) : text
  }

  #resolved(path: string): string {
    return path === '-' || path.startsWith('fd:') ? path : this.#environment.resolve(path)
  }

  #isTrue(key: string, node: YamlNode): boolean {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
    throw node.kind === 'scalar' && node.value !== null
      ? refusal(`${key} is true or false, not '${node.text}'`, node.span)
      : wrongKind(node, `${key} is true or false`)
  }

  /** An expression is no place to paste values into. */
  #refuseVariable({ text, span, style }: YamlScalar): void {
    const at = text.indexOf('${')
    if (at < 0) return
    const name = /^\$\{(?:\w+:)?([A-Za-z_]\w*)/.exec(text.slice(at))?.[1] ?? 'NAME'
    const place =
      style === 'plain' && span.text.startsWith(text, span.start) ? { ...span, start: span.start + at } : span
    const hint = `args: {${name.toLowerCase()}: "\${${name}}"} at the top brings it in as :${name.toLowerCase()}`
    throw refusal('variables are filled in in connectors, paths and args only', place, hint)
  }
}

const QUOTE = "an expression with ': ' in it, or between braces, must be quoted"

/** `x = {a: 1}` and the like: a mapping only to YAML. */
const looksTorn = (node: YamlNode): boolean =>
  node.kind === 'map' &&
  node.entries.some(({ key, value }) => /[^\w-]/.test(key) || (value.kind === 'scalar' && value.value === null))

/** Where `key: value` stands, if it stands there just like that; else the value alone. */
function pairSpan(key: YamlScalar['span'], scalar: YamlScalar, text: string): YamlScalar['span'] {
  return key.text.startsWith(text, key.start) ? { ...key, end: key.start + text.length } : scalar.span
}
