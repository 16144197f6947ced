import { TidemarkError } from '../../base/errors.ts'
import type { Span } from '../../base/span.ts'
import type { YamlScalar } from './document.ts'
import { spanInFile } from './places.ts'

/** What the texts of a pipeline file may ask of the world outside. */
export interface Environment {
  variable(name: string): string | undefined
  /** The whole text of a file; throws where it cannot be read. */
  readText(path: string): string
  /** Makes a path of the file one for this process: relative paths are relative to the file's folder. */
  resolve(path: string): string
  /** Nothing will be done with what is filled in: variables need not be set, files are not read. */
  readonly isUnasked?: boolean
}

/** Without white space at its end, as `$(cat FILE)` would give it. */
const SECRET = /^(?:file|credential)$/
const VARIABLE = /^([A-Za-z_]\w*)(?::-(.*))?$/s
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)\}|\$\{/g

/**
 * Fills in `${VAR}`, `${VAR:-x}`, `${file:PATH}` and `${credential:NAME}` (a file in systemd's CREDENTIALS_DIRECTORY); `$${` is `${`. What came from files and credentials is
 * remembered, so that it can be kept out of messages. In an environment that is not asked, unset variables stand for their names, files and credentials for no text.
 */
export class Variables {
  readonly #environment: Environment
  readonly #secrets = new Set<string>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** Texts that must not be printed. */
  get secrets(): ReadonlySet<string> {
    return this.#secrets
  }

  /** Does something stand in it that is not known here, because nothing is asked for it? */
  isOpen({ text }: YamlScalar): boolean {
    if (this.#environment.isUnasked !== true) return false
    return [...text.matchAll(PLACEHOLDER)].some(([, name]) => {
      const [, variable, fallback] = VARIABLE.exec(name ?? '') ?? []
      return variable === undefined
        ? SECRET.test(name?.split(':')[0] ?? '')
        : fallback === undefined && this.#environment.variable(variable) === undefined
    })
  }

  /** Throws E_VARIABLE. */
  fill(scalar: YamlScalar): string {
    const { text } = scalar
    if (!text.includes('$')) return text
    return text.replace(PLACEHOLDER, (whole: string, name: string | undefined, at: number) => {
      if (whole === '$${') return '${'
      const span = spanInFile({ ...scalar.span, text, start: at, end: at + whole.length }, scalar)
      if (name === undefined || name === '')
        throw refusal(`'\${' is not closed`, span, `\${NAME} is a variable; $\${ is a \${ that is meant`)
      return this.#value(name, span)
    })
  }

  #value(name: string, span: Span): string {
    const colon = name.indexOf(':')
    const kind = colon < 0 ? '' : name.slice(0, colon)
    if (SECRET.test(kind)) return this.#secret(kind, name.slice(colon + 1), span)
    const [, variable, fallback] = VARIABLE.exec(name) ?? []
    if (variable === undefined) {
      throw refusal(
        `\${${name}} is no variable`,
        span,
        `\${NAME}, \${NAME:-what else}, \${file:PATH} and \${credential:NAME} can stand here`,
      )
    }
    const value = this.#environment.variable(variable)
    if (value !== undefined && (value !== '' || fallback === undefined)) return value
    if (fallback !== undefined) return fallback
    if (this.#environment.isUnasked) return variable
    throw refusal(`the variable ${variable} is not set`, span, `\${${variable}:-x} stands for x then`)
  }

  #secret(kind: string, name: string, span: Span): string {
    if (this.#environment.isUnasked) return ''
    const path = kind === 'file' ? this.#environment.resolve(name) : this.#credential(name, span)
    let text: string
    try {
      text = this.#environment.readText(path).trimEnd()
    } catch {
      throw refusal(
        `cannot read ${kind} '${name}'`,
        span,
        kind === 'file' ? 'the path is relative to the pipeline file' : 'LoadCredential= of the unit names it',
      )
    }
    if (text !== '') this.#secrets.add(text)
    return text
  }

  #credential(name: string, span: Span): string {
    const folder = this.#environment.variable('CREDENTIALS_DIRECTORY')
    if (folder === undefined) {
      throw refusal(
        'there are no credentials: CREDENTIALS_DIRECTORY is not set',
        span,
        'systemd sets it for a unit with LoadCredential=',
      )
    }
    if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
      throw refusal(`'${name}' is no name of a credential`, span, 'a name, without a path')
    return `${folder}/${name}`
  }
}

const refusal = (what: string, span: Span, hint: string) => new TidemarkError('E_VARIABLE', what, { span, hint })
