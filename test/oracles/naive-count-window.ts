import { NaiveGroup, type Taken } from './naive-aggregates.ts'
import { type NaiveGrouping, readRow } from './naive-grouping.ts'
import { keyText, madeRow } from './naive-rows.ts'
import type { Event, Stream, World } from './naive-world.ts'

/** After every `slide` rows of a key the last `size` of them are counted anew; under a TTL, of those since it was forgotten. */
export function naiveCountWindow(
  world: World,
  input: Stream,
  options: NaiveGrouping & { readonly size: number; readonly slide: number; readonly ttl?: number },
): Stream {
  const { id, size, slide, aggregates, ttl = Infinity } = options
  const step = world.step(id)
  const rows = new Map<string, { readonly taken: readonly Taken[][]; readonly touched: number }>()
  let watermark = -Infinity
  const events: Event[] = []
  for (const event of input.events) {
    if ('watermark' in event) {
      watermark = Math.max(watermark, event.watermark)
      events.push(event)
      continue
    }
    const { at, row } = event
    step.counts.in += 1
    const read = step.attempt(at, row, input, () => readRow(options, row))
    if (read === undefined) continue
    step.counts.used += 1
    const text = keyText(read.key)
    const known = rows.get(text)
    const { taken, touched } = known && known.touched + ttl > watermark ? known : { taken: [], touched: -Infinity }
    const all = [...taken, read.taken]
    rows.set(text, { taken: all, touched: Math.max(touched, row.time) })
    if (all.length % slide !== 0) continue
    if (slide === size) rows.delete(text)
    const group = new NaiveGroup(read.taken.length)
    for (const taken of all.slice(-size)) group.add(taken, 0)
    step.counts.out += 1
    events.push({ at, row: madeRow({ ...read.key, ...group.results(aggregates) }, row.time) })
  }
  return { events, isWhole: false, isOpen: false, isUpdating: false }
}
