import { NaiveGroup, type Taken } from './naive-aggregates.ts'
import { type NaiveGrouping, readRow } from './naive-grouping.ts'
import { keyText, madeRow } from './naive-rows.ts'
import type { Event, Stream, World } from './naive-world.ts'

/** After every `slide` rows of a key the last `size` of them are counted anew. */
export function naiveCountWindow(
  world: World,
  input: Stream,
  options: NaiveGrouping & { readonly size: number; readonly slide: number },
): Stream {
  const { id, size, slide, aggregates } = options
  const step = world.step(id)
  const rows = new Map<string, Taken[][]>()
  const events: Event[] = []
  for (const event of input.events) {
    if ('watermark' in event) {
      events.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const read = step.attempt(at, row, input, () => readRow(options, row))
    if (read === undefined) continue
    step.counts.used += 1
    const text = keyText(read.key)
    const all = [...(rows.get(text) ?? []), read.taken]
    rows.set(text, all)
    if (all.length % slide !== 0) continue
    const group = new NaiveGroup(read.taken.length)
    for (const taken of all.slice(-size)) group.add(taken, 0)
    step.counts.out += 1
    events.push({ at, row: madeRow({ ...read.key, ...group.results(aggregates) }, row.time) })
  }
  return { events, isWhole: false, isOpen: false, isUpdating: false }
}
