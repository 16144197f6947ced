import type { RawLines } from '../../data/batch.ts'
import type { TextPlace } from '../../data/row-texts.ts'

/** Shapes that a scanner tells apart, see `RawShapes`. */
const SHAPES = 4096

/** By shape: how many blanks stand before the text and behind it. */
interface Blanks {
  readonly isKnown: Uint8Array
  readonly before: Int32Array
  readonly behind: Int32Array
}

/** Shapes of lines whose texts are what stands there without the blanks around it. */
export class KnownShapes {
  readonly #scanners = new WeakMap<object, Blanks>()
  #scanner: object | null = null
  #blanks: Blanks = newBlanks(0)

  /** The shape of line i, for `cut` and `learn` until another is asked for; 0: nothing is known of it. */
  of({ shapes }: RawLines, i: number): number {
    if (!shapes) return 0
    if (shapes.of !== this.#scanner) this.#turnTo(shapes.of)
    return shapes.numbers[i]!
  }

  /** Leaves the blanks around a line out; false: its shape has not been learnt. */
  cut(shape: number, line: TextPlace): boolean {
    const { isKnown, before, behind } = this.#blanks
    if (isKnown[shape] === 0) return false
    line.start += before[shape]!
    line.end -= behind[shape]!
    return true
  }

  learn(shape: number, before: number, behind: number): void {
    const blanks = this.#blanks
    blanks.isKnown[shape] = 1
    blanks.before[shape] = before
    blanks.behind[shape] = behind
  }

  #turnTo(scanner: object): void {
    this.#scanner = scanner
    this.#blanks = this.#scanners.get(scanner) ?? newBlanks(SHAPES)
    this.#scanners.set(scanner, this.#blanks)
  }
}

const newBlanks = (shapes: number): Blanks => ({
  isKnown: new Uint8Array(shapes),
  before: new Int32Array(shapes),
  behind: new Int32Array(shapes),
})
