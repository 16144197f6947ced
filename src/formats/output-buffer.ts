/** About as many bytes are handed to a sink at a time; a single row may be longer. */
export const OUTPUT_BYTES = 1 << 16

/** Pending text is encoded once it has this many UTF-16 units: one long encode is far cheaper than many short ones. */
const TEXT_UNITS = 1 << 13
/** Below this, a loop is faster than a call of `copy`. */
const SHORT_RANGE = 24

/** Collects output, from text and from ranges of bytes in any order. Ask `isFull` after each row, then `take`. */
export class OutputBuffer {
  #buffer: Buffer = Buffer.alloc(0)
  /** Bytes [#start, #end) are collected and not taken. */
  #start = 0
  #end = 0
  #text = ''

  /** Collected so far: in bytes, but pending text counts by UTF-16 units. 0 only when there is nothing. */
  get length(): number {
    return this.#end - this.#start + this.#text.length
  }

  get isFull(): boolean {
    return this.length >= OUTPUT_BYTES
  }

  /** Appends well-formed text. */
  text(text: string): void {
    this.#text += text
    if (this.#text.length >= TEXT_UNITS) this.#encode()
  }

  /** Appends bytes [start, end), which are copied at once. */
  bytes(from: Buffer, start: number, end: number): void {
    if (this.#text !== '') this.#encode()
    const length = end - start
    this.#reserve(length)
    const buffer = this.#buffer
    const at = this.#end
    if (length < SHORT_RANGE) for (let i = 0; i < length; i += 1) buffer[at + i] = from[start + i]!
    else from.copy(buffer, at, start, end)
    this.#end = at + length
  }

  /** All that was collected, for good: its bytes are never written again. May be empty. */
  take(): Buffer {
    if (this.#text !== '') this.#encode()
    const taken = this.#buffer.subarray(this.#start, this.#end)
    this.#start = this.#end
    return taken
  }

  #encode(): void {
    const text = this.#text
    this.#text = ''
    this.#reserve(text.length * 3)
    if (text.length >= SHORT_RANGE || !this.#encodeAscii(text)) this.#end += this.#buffer.write(text, this.#end)
  }

  /**
   * Short texts stand between ranges of bytes: commas, names, numbers. False if one is not ASCII; then nothing is
   * appended.
   */
  #encodeAscii(text: string): boolean {
    const buffer = this.#buffer
    const at = this.#end
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) return false
      buffer[at + i] = unit
    }
    this.#end = at + text.length
    return true
  }

  /** Makes room for `bytes` more; what was taken stays where it is, in the old memory. */
  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const collected = this.#end - this.#start
    const size = Math.max(OUTPUT_BYTES + 4 * TEXT_UNITS, 2 * collected + bytes)
    const bigger = Buffer.allocUnsafeSlow(size)
    this.#buffer.copy(bigger, 0, this.#start, this.#end)
    this.#buffer = bigger
    this.#start = 0
    this.#end = collected
  }
}
