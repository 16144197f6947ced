/** Rows of a log of records say where they came from as `kafka:TOPIC/PARTITION`, and their line numbers are offsets. */
const PREFIX = 'kafka:'

export const recordSource = (topic: string, partition: number): string => `${PREFIX}${topic}/${partition}`

/** null: a file. */
export function partitionOf(source: string): { readonly topic: string; readonly partition: number } | null {
  if (!source.startsWith(PREFIX)) return null
  const slash = source.lastIndexOf('/')
  return { topic: source.slice(PREFIX.length, slash), partition: Number(source.slice(slash + 1)) }
}
