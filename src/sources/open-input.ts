import { FileSource, type FileSourceOptions } from './file.ts'
import { FollowSource, type FollowSourceOptions } from './follow.ts'
import type { Source } from './source.ts'

export interface InputOptions extends FileSourceOptions, FollowSourceOptions {
  /** Read on as the file grows; then there is one. Default: no. */
  readonly isFollowed?: boolean
}

/** The files of one input, `-` for standard input; none is opened yet. */
export const openInput = (names: readonly string[], options: InputOptions): Source =>
  options.isFollowed === true ? new FollowSource(names[0]!, options) : new FileSource(names, options)
