import type { StructureSums } from './page-versions.ts'
import { contentOf, isIntact, PRESENT, seal } from './state-layout.ts'
import type { RootRecord } from './store.ts'

/** A root record with what proves that everything it stands on is there. */
export interface RootEnvelope {
  /** Of the state directory. */
  readonly incarnation: string
  readonly pages: StructureSums
  readonly root: RootRecord
}

/** As stored under `key`. */
export const sealRoot = (key: string, envelope: RootEnvelope): Buffer =>
  seal(key, PRESENT, Buffer.from(JSON.stringify(envelope)))

/** null: damaged. */
export function unsealRoot(key: string, sealed: Uint8Array): RootEnvelope | null {
  if (!isIntact(key, sealed)) return null
  const bytes = contentOf(sealed)
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
}
