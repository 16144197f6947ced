import { RowError } from '../base/errors.ts'

/** Told of each row that an expression cannot take; the other rows go on. */
export type OnError = (row: number, error: RowError) => void

/** Hands a row's error over; anything else is a mistake of ours and goes on up. */
export function report(row: number, error: unknown, onError: OnError): void {
  if (!(error instanceof RowError)) throw error
  onError(row, error)
}
