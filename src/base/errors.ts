import { ERROR_CODES, type ErrorCode, EXIT_STATUS, type ExitName, type WarningCode } from './error-codes.ts'
import { renderSpan, type Span } from './span.ts'

/** A place in input data, already worded: `app.ndjson:17 (byte 2104, column 42)`, and the text to show under it. */
export interface Excerpt {
  readonly at: string
  readonly line?: string
}

export interface ErrorDetails {
  readonly hint?: string
  readonly span?: Span
  readonly excerpt?: Excerpt
  readonly cause?: unknown
  /** How the process ends, where that is not what the code says: what is wrong in a pipeline file is refused, whatever it is. */
  readonly exit?: ExitName
}

/** The one class for everything that a user can cause or mend. `message`: lower case, no full stop, the user's words. */
export class TidemarkError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'TidemarkError'
    this.code = code
    this.details = details
  }

  /** How the process ends when this error reaches the top. */
  get exitStatus(): number {
    return EXIT_STATUS[this.details.exit ?? ERROR_CODES[this.code][0]][0]
  }

  /** The whole message for stderr: what, where (with a caret), and what to do about it. No newline at the end. */
  render(): string {
    return renderMessage(this.message, this.code, this.details)
  }
}

/** The text of a warning, in the same shape as an error's. */
export function renderWarning(code: WarningCode, message: string, details: ErrorDetails = {}): string {
  return renderMessage(`warning: ${message}`, code, details)
}

function renderMessage(message: string, code: string, { span, excerpt, hint }: ErrorDetails): string {
  const lines = [`tidemark: ${message} [${code}]`]
  if (span) lines.push(...renderSpan(span))
  if (excerpt) lines.push(`  at ${excerpt.at}`)
  if (excerpt?.line !== undefined) lines.push(`  | ${excerpt.line}`)
  if (hint) lines.push(`  hint: ${hint}`)
  return lines.join('\n')
}

/** A row that a step cannot take: `--on-error` decides what becomes of it. Thrown by evaluators, caught per row. */
export class RowError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'RowError'
    this.hint = hint
  }
}
