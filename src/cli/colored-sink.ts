import { Chalk, type ChalkInstance } from 'chalk'
import type { ByteSink, Guarantee } from '../sinks/sink.ts'

/** A string with what makes it a member's name, or a number or word. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g

/** NDJSON for the eye: the same text, coloured. Rows are whole in every piece that is written. */
export class ColoredSink implements ByteSink {
  readonly name: string
  readonly #sink: ByteSink
  readonly #chalk: ChalkInstance = new Chalk({ level: 1 })

  constructor(sink: ByteSink) {
    this.name = sink.name
    this.#sink = sink
  }

  get guarantee(): Guarantee {
    return this.#sink.guarantee
  }

  get needsDrain(): boolean {
    return this.#sink.needsDrain
  }

  open(): Promise<void> {
    return this.#sink.open()
  }

  write(bytes: Buffer): void {
    this.#sink.write(Buffer.from(this.#paint(bytes.toString())))
  }

  drain(): Promise<void> {
    return this.#sink.drain()
  }

  close(): Promise<void> {
    return this.#sink.close()
  }

  #paint(text: string): string {
    const chalk = this.#chalk
    return text.replace(TOKEN, (token, string: string | undefined, colon: string | undefined) => {
      if (colon !== undefined) return `${chalk.blue(string)}${colon}`
      if (string !== undefined) return chalk.green(string)
      return token === 'null' ? chalk.gray(token) : chalk.yellow(token)
    })
  }
}
