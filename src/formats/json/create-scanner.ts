import type { ScanField, Scanner } from '../scanner.ts'
import { canRunKernel, createKernel } from './kernel-module.ts'
import { canScan, KernelScanner } from './kernel-scanner.ts'
import { ReferenceScanner } from './reference-scanner.ts'

/** Which scanner is wanted; the kernel is a wish, see `scannerFor`. */
export type ScannerChoice = 'kernel' | 'reference'

/** The scanner that a choice comes to: the reference scanner where the kernel cannot run, or cannot read these fields. */
export function scannerFor(fields: readonly ScanField[], choice: ScannerChoice): Scanner['name'] {
  return choice === 'kernel' && canScan(fields) && canRunKernel() ? 'kernel' : 'reference'
}

export function createScanner(fields: readonly ScanField[], choice: ScannerChoice): Scanner {
  const kernel = scannerFor(fields, choice) === 'kernel' ? createKernel() : null
  return kernel === null ? new ReferenceScanner(fields) : new KernelScanner(kernel, fields)
}
