import { EXIT_STATUS } from '../base/error-codes.ts'
import type { World } from './world.ts'

/** Writes what a command tells to standard output. Returns the exit status of success. */
export async function print(text: string, world: World): Promise<number> {
  const sink = await world.openOutput({ kind: 'stdout' }, { append: true, segments: null, incarnation: null })
  await sink.open()
  sink.write(Buffer.from(ended(text)))
  await sink.drain()
  return EXIT_STATUS.done[0]
}

/** A text whose last line is ended. */
export const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
