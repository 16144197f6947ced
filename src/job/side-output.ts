import type { Output } from './output.ts'

/** Rows beside the result (late rows, dead letters) in an order that does not depend on how many rows went through a step at once. */
export interface SideRow {
  readonly sequence: number
  /** Place of the step in the plan; sources before steps. */
  readonly step: number
  readonly text: Buffer
}

/**
 * Writes side rows by (sequence, step). A step takes a whole batch before the next one does, so rows of several steps wait until the round
 * is over; where only one step can give any they are written at once.
 */
export class SideOutput {
  readonly #output: Output
  readonly #isShared: boolean
  #waiting: SideRow[] = []

  constructor(output: Output, producers: number) {
    this.#output = output
    this.#isShared = producers > 1
  }

  add(row: SideRow): void {
    if (this.#isShared) this.#waiting.push(row)
    else this.#write(row)
  }

  /** The round is over, or the run ends: no earlier row can come. */
  endRound(): void {
    if (this.#waiting.length === 0) return
    const rows = this.#waiting.sort((a, b) => a.sequence - b.sequence || a.step - b.step)
    this.#waiting = []
    for (const row of rows) this.#write(row)
  }

  #write({ text }: SideRow): void {
    this.#output.buffer.range(text, 0, text.length)
    this.#output.spill()
  }
}
