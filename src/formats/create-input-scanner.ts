import { createDecoder, type InputStyle } from './decoding/create-decoder.ts'
import { DecodingScanner } from './decoding/decoding-scanner.ts'
import { createScanner, type ScannerChoice } from './json/create-scanner.ts'
import type { ScanField, Scanner } from './scanner.ts'

/** The scanner of rows that are written so; null: as JSON objects. */
export function createInputScanner(
  fields: readonly ScanField[],
  style: InputStyle | null,
  choice: ScannerChoice,
): Scanner {
  const json = createScanner(fields, choice)
  const decoder = style && createDecoder(style)
  return decoder === null ? json : new DecodingScanner(json, decoder)
}
