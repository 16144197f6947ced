import { TidemarkError } from '../../base/errors.ts'

export type Compression = 'gzip' | 'zstd'

/** How a compressed input is not as it should be. `at`: bytes of it that had been read or taken when that was found. */
export interface ArchiveFault {
  readonly compression: Compression
  readonly kind: 'cut-short' | 'damaged' | 'unsupported'
  readonly at: number
  readonly reason?: string
}

/** E_ARCHIVE; `word` names the input in messages. */
export function archiveError(word: string, { compression, kind, at, reason }: ArchiveFault): TidemarkError {
  const why = reason === undefined ? '' : `: ${reason}`
  switch (kind) {
    case 'cut-short':
      return new TidemarkError(
        'E_ARCHIVE',
        `${word} is cut short: its ${compression} data stops at byte ${at}, before its end`,
        {
          hint: 'is it still being written or copied?',
        },
      )
    case 'damaged':
      return new TidemarkError(
        'E_ARCHIVE',
        `the ${compression} data of ${word} is damaged, at or before byte ${at}${why}`,
        {
          hint: `to test a file: ${compression} -t FILE`,
        },
      )
    case 'unsupported':
      return new TidemarkError('E_ARCHIVE', `the ${compression} data of ${word} cannot be read${why}`, {
        hint: `unpack it outside: ${compression} -dc FILE | tidemark …`,
      })
  }
}
