// Loaded into a measured process with --import and `?out=FILE&after=MS`: at its end, writes to that file for how many ms the event loop was held
// up at most. It watches from so many ms on: the input is kept waiting until then, so that loading the program does not count.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION = 1
const { searchParams } = new URL(import.meta.url)
const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
// the monitor sees a stall when it is over: the last one, which ends with the process, is measured by hand
let turned = Number.POSITIVE_INFINITY

setTimeout(
  () => {
    delay.enable()
    setInterval(() => {
      turned = performance.now()
    }, RESOLUTION).unref()
  },
  Number(searchParams.get('after')),
).unref()

process.once('exit', () => {
  if (delay.count === 0) throw new Error('stall: the run ended before it was watched')
  const last = performance.now() - turned
  writeFileSync(searchParams.get('out'), JSON.stringify({ stall: Math.max(delay.max / 1e6 - RESOLUTION, last, 0) }))
})
