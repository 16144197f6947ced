// The join of naive.mjs: two files, taken row by row from the one whose own watermark is behind (of equal ones the first), Maps of the rows by key.
import { closeSync, openSync, readSync } from 'node:fs'

/** Reads a file line by line; null at its end. */
function linesOf(path) {
  const input = openSync(path, 'r')
  let bytes = Buffer.allocUnsafe(262_144)
  let start = 0
  let end = 0
  return () => {
    for (;;) {
      const at = bytes.indexOf(10, start)
      if (at >= 0 && at < end) {
        const line = bytes.toString('utf8', start, at)
        start = at + 1
        return line
      }
      end = bytes.copy(bytes, 0, start, end)
      start = 0
      if (end === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)])
      const got = readSync(input, bytes, end, bytes.length - end, null)
      if (got > 0) {
        end += got
        continue
      }
      closeSync(input)
      return null
    }
  }
}

/** A row at a place that keeps the list in order of time, equal times as they came. */
function insert(list, kept) {
  let at = list.length
  while (at > 0 && list[at - 1].time > kept.time) at -= 1
  list.splice(at, 0, kept)
}

/**
 * Pairs of rows with equal keys that are at most `within` ms apart, the right row as member `as` of the left one. `files`, `keys` and `times`: of the left side
 * and the right one.
 */
export function join({ delay, within, keys, times, as }, files, counts, write) {
  const sides = files.map((file, i) => ({
    next: linesOf(file),
    key: keys[i],
    time: times[i],
    kept: new Map(),
    own: -Infinity,
  }))
  let watermark = -Infinity
  let nextSweep = -Infinity
  const forget = () => {
    for (const { kept } of sides) {
      for (const [key, list] of kept) {
        const left = list.filter(({ time }) => time + within >= watermark)
        if (left.length === 0) kept.delete(key)
        else if (left.length < list.length) kept.set(key, left)
      }
    }
    nextSweep = watermark + 10_000
  }
  for (;;) {
    const side = sides[0].own <= sides[1].own ? sides[0] : sides[1]
    if (side.own === Infinity) break
    const line = side.next()
    if (line === null) side.own = Infinity
    else {
      counts.read += 1
      const row = JSON.parse(line)
      const time = row[side.time]
      const key = row[side.key]
      const other = side === sides[0] ? sides[1] : sides[0]
      let hasMet = false
      for (const partner of other.kept.get(key) ?? []) {
        if (partner.time < time - within || partner.time > time + within || partner.time + within < watermark) continue
        hasMet = true
        const [left, right] = side === sides[0] ? [row, partner.row] : [partner.row, row]
        write(JSON.stringify({ ...left, [as]: right }))
      }
      if (watermark < time + within) {
        const list = side.kept.get(key)
        if (list === undefined) side.kept.set(key, [{ time, row }])
        else insert(list, { time, row })
      } else if (!hasMet) counts.late += 1
      side.own = Math.max(side.own, time - (delay ?? Infinity) - 1)
    }
    watermark = Math.min(sides[0].own, sides[1].own)
    if (watermark >= nextSweep) forget()
  }
}
