// What one writes without tidemark, and what tidemark is checked against: JSON.parse for each line and Maps for the state, with the same
// semantics (a watermark after every row, late rows judged per window). `node bench/naive.mjs QUERY SUMMARY FILE`: QUERY as JSON (see `plain` in
// queries.mjs; without a delay no row is late and windows come at the end, as a batch program has it); results go to stdout, the counts as
// JSON to the file SUMMARY. A join takes a second FILE, and so does what looks rows up.
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from './naive-join.mjs'

const [queryText, summaryFile, file, ...others] = process.argv.slice(2)
const query = JSON.parse(queryText)
const counts = { read: 0, out: 0, late: 0, lateWindows: 0, duplicate: 0 }

let pending = ''
function flush() {
  const bytes = Buffer.from(pending)
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done)
  pending = ''
}
function write(line) {
  counts.out += 1
  pending += `${line}\n`
  if (pending.length >= 65_536) flush()
}

/** Calls `take` with each line of a file, and `end` after the last. */
function eachLine(take, end, path = file) {
  const input = openSync(path, 'r')
  let bytes = Buffer.allocUnsafe(262_144)
  let kept = 0
  for (;;) {
    const got = readSync(input, bytes, kept, bytes.length - kept, null)
    if (got === 0) break
    const length = kept + got
    let start = 0
    for (let at = bytes.indexOf(10); at >= 0 && at < length; at = bytes.indexOf(10, start)) {
      take(bytes.toString('utf8', start, at))
      start = at + 1
    }
    kept = bytes.copy(bytes, 0, start, length)
    if (kept === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)])
  }
  closeSync(input)
  if (kept > 0) take(bytes.toString('utf8', 0, kept))
  end()
}

/** No row with time <= watermark will come. */
let watermark = -Infinity
const advance = (time) => {
  watermark = Math.max(watermark, time - (query.delay ?? Infinity) - 1)
}

const filter = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    if (row.event_type === 'purchase' && row.amount > 500) write(line)
  },
  end() {},
}

/** End of a window to its groups by key, in the order in which the keys first came. */
const windows = new Map()
let nextEnd = Infinity

const iso = (time) => new Date(time).toISOString().replace('.000Z', 'Z')

function fire() {
  for (const end of [...windows.keys()].sort((a, b) => a - b)) {
    if (end - 1 > watermark) break
    const window_start = iso(end - query.size)
    const window_end = iso(end)
    for (const [key, { n, total }] of windows.get(end)) {
      write(JSON.stringify({ window_start, window_end, [query.by]: key, n, total }))
    }
    windows.delete(end)
  }
  nextEnd = Math.min(...windows.keys())
}

const window = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    const key = row[query.by]
    let used = 0
    let late = 0
    const last = Math.floor(row.ts / query.slide) * query.slide
    for (let start = last; start > row.ts - query.size; start -= query.slide) {
      const end = start + query.size
      if (end - 1 <= watermark) {
        late += 1
        continue
      }
      used += 1
      let groups = windows.get(end)
      if (groups === undefined) {
        groups = new Map()
        windows.set(end, groups)
        nextEnd = Math.min(nextEnd, end)
      }
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { n: 1, total: row.amount })
      else {
        group.n += 1
        group.total += row.amount
      }
    }
    if (used === 0) counts.late += 1
    else counts.lateWindows += late
    advance(row.ts)
    if (nextEnd - 1 <= watermark) fire()
  },
  end() {
    watermark = Infinity
    fire()
  },
}

/** Key to its open sessions, and the sessions by the second in which they may end. */
const sessions = new Map()
const endings = new Map()
let nextEnding = Infinity

function expect(session) {
  const second = Math.floor(session.end / 1000)
  const those = endings.get(second)
  if (those === undefined) endings.set(second, [session])
  else those.push(session)
  nextEnding = Math.min(nextEnding, second)
}

/** Tells the sessions that are over by (end, start), and when those will end that went on. */
function close() {
  const over = []
  for (; nextEnding * 1000 - 1 <= watermark; nextEnding += 1) {
    if (endings.size === 0) break
    const those = endings.get(nextEnding)
    if (those === undefined) continue
    endings.delete(nextEnding)
    for (const session of those) {
      if (session.merged) continue
      if (session.end - 1 <= watermark) over.push(session)
      else expect(session)
    }
    if (endings.has(nextEnding)) break
  }
  over.sort((a, b) => a.end - b.end || a.start - b.start || a.first - b.first)
  for (const { key, start, end, n, total } of over) {
    const left = sessions.get(key)?.filter((one) => one.end - 1 > watermark) ?? []
    if (left.length === 0) sessions.delete(key)
    else sessions.set(key, left)
    const window_start = new Date(start).toISOString()
    const window_end = new Date(end).toISOString()
    write(JSON.stringify({ window_start, window_end, [query.by]: key, n, total }))
  }
}

const session = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    const key = row[query.by]
    const end = row.ts + query.gap
    const mine = sessions.get(key) ?? []
    const touched = mine.filter((one) => one.start <= end && one.end >= row.ts).sort((a, b) => a.start - b.start)
    const [into, other] = touched
    if (into === undefined && end - 1 <= watermark) counts.late += 1
    else if (into === undefined) {
      const made = { key, start: row.ts, end, n: 1, total: row.amount, first: counts.read, merged: false }
      mine.push(made)
      sessions.set(key, mine)
      expect(made)
    } else {
      if (other !== undefined) {
        into.end = other.end
        into.n += other.n
        into.total += other.total
        into.first = Math.min(into.first, other.first)
        other.merged = true
        mine.splice(mine.indexOf(other), 1)
      }
      into.start = Math.min(into.start, row.ts)
      into.end = Math.max(into.end, end)
      into.n += 1
      into.total += row.amount
    }
    advance(row.ts)
    if (nextEnding * 1000 - 1 <= watermark) close()
  },
  end() {
    watermark = Infinity
    nextEnding = Math.min(...endings.keys())
    while (endings.size > 0) {
      close()
      nextEnding = Math.min(...endings.keys())
    }
  },
}

/** Key to the times of its views that nothing came between. */
const views = new Map()

/** Three views or more and then a purchase: the next rows of the key, all within `within`. */
function see(row) {
  const key = row[query.by]
  const run = views.get(key)
  if (row.event_type === 'view') {
    if (run === undefined) views.set(key, [row.ts])
    else run.push(row.ts)
    return
  }
  if (run === undefined) return
  views.delete(key)
  if (row.event_type !== 'purchase') return
  const first = run.findIndex((ts) => row.ts - ts < query.within)
  const count = first < 0 ? 0 : run.length - first
  if (count >= 3) write(JSON.stringify({ [query.by]: key, views: count, amount: row.amount }))
}

const match = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    if (row.ts <= watermark) counts.late += 1
    else
      push([
        row.ts,
        counts.read,
        { ts: row.ts, event_type: row.event_type, [query.by]: row[query.by], amount: row.amount },
      ])
    advance(row.ts)
    while (waiting.length > 0 && waiting[0][0] <= watermark) see(pop()[2])
  },
  end() {
    while (waiting.length > 0) see(pop()[2])
  },
}

/** Key to the times of its rows that were let through. */
const kept = new Map()
let nextSweep = -Infinity

function sweep() {
  for (const [key, times] of kept) {
    if (times.every((time) => time + query.within <= watermark)) kept.delete(key)
  }
  nextSweep = watermark + 60_000
}

const dedup = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    const key = row[query.by]
    const times = kept.get(key)
    if (row.ts <= watermark) counts.late += 1
    else if (times?.some((time) => Math.abs(row.ts - time) < query.within)) counts.duplicate += 1
    else {
      if (times === undefined) kept.set(key, [row.ts])
      else times.push(row.ts)
      write(line)
    }
    advance(row.ts)
    if (watermark >= nextSweep) sweep()
  },
  end() {},
}

/** A binary heap of [time, number, line]: rows that wait for the watermark. */
const waiting = []

const isBefore = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])

function push(row) {
  let at = waiting.push(row) - 1
  for (let parent = (at - 1) >> 1; at > 0 && isBefore(row, waiting[parent]); parent = (at - 1) >> 1) {
    waiting[at] = waiting[parent]
    at = parent
  }
  waiting[at] = row
}

function pop() {
  const top = waiting[0]
  const last = waiting.pop()
  if (waiting.length === 0) return top
  let at = 0
  for (let child = 1; child < waiting.length; child = 2 * at + 1) {
    if (child + 1 < waiting.length && isBefore(waiting[child + 1], waiting[child])) child += 1
    if (!isBefore(waiting[child], last)) break
    waiting[at] = waiting[child]
    at = child
  }
  waiting[at] = last
  return top
}

const sort = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    if (row.ts <= watermark) counts.late += 1
    else push([row.ts, counts.read, line])
    advance(row.ts)
    while (waiting.length > 0 && waiting[0][0] <= watermark) write(pop()[2])
  },
  end() {
    while (waiting.length > 0) write(pop()[2])
  },
}

/** Key to the amounts of its last rows, the newest last. */
const frames = new Map()

function tellOver([, , line, key, amount]) {
  let frame = frames.get(key)
  if (frame === undefined) frames.set(key, (frame = []))
  const previous = frame.at(-1) ?? null
  frame.push(amount)
  if (frame.length > query.rows + 1) frame.shift()
  const running = frame.reduce((sum, one) => sum + one, 0)
  write(`${line.slice(0, -1)},"running":${running},"previous":${previous}}`)
}

const over = {
  take(line) {
    counts.read += 1
    const row = JSON.parse(line)
    if (row.ts <= watermark) counts.late += 1
    else push([row.ts, counts.read, line, row[query.by], row.amount])
    advance(row.ts)
    while (waiting.length > 0 && waiting[0][0] <= watermark) tellOver(pop())
  },
  end() {
    while (waiting.length > 0) tellOver(pop())
  },
}

/** Key to the text of its row. */
const table = new Map()

const enrich = {
  take(line) {
    counts.read += 1
    const text = table.get(JSON.parse(line)[query.key]) ?? null
    write(`${line.slice(0, -1)},"${query.as}":${text}}`)
  },
  end() {},
}

if (query.kind === 'enrich')
  eachLine(
    (line) => table.set(JSON.parse(line)[query.key], line),
    () => {},
    others[0],
  )

if (query.kind === 'join') join(query, [file, ...others], counts, write)
else {
  const { take, end } = { filter, window, session, sort, over, match, dedup, enrich }[query.kind]
  eachLine(take, end)
}
flush()
writeFileSync(summaryFile, JSON.stringify(counts))
