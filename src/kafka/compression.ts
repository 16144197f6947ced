import type { Compression } from './codecs.ts'

export type { Compression } from './codecs.ts'

export interface Codecs {
  readonly COMPRESSIONS: readonly Compression[]
  /** Can this Node write it? */
  canPack(compression: Compression): boolean
  /** Throws what the codec throws for damaged bytes. */
  unpack(compression: Compression, bytes: Buffer): Buffer
  /** Only what `canPack` says yes to. */
  pack(compression: Compression, bytes: Buffer): Buffer
}

let loaded: Codecs | null = null

/** Loads the codecs with the client; call before the others. */
export async function loadCodecs(): Promise<Codecs> {
  loaded ??= await import('./client.ts')
  return loaded
}

export const codecs = (): Codecs => loaded!
