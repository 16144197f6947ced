// For how long the event loop was held up at most. Time during which the thread was ready and another process had its processor does not count
// where the system tells it (Linux).
import { openSync, readSync } from 'node:fs'

/** ms that the main thread has waited for a processor so far: second number of Linux's schedstat, in ns. */
function waitedReader() {
  let file
  try {
    file = openSync('/proc/self/schedstat', 'r')
  } catch {
    return () => 0
  }
  const bytes = Buffer.alloc(128)
  return () => Number(bytes.latin1Slice(0, readSync(file, bytes, 0, bytes.length, 0)).split(' ')[1]) / 1e6
}

const waited = waitedReader()

/** ms since some fixed moment, without those in which the main thread waited for a processor. */
export const ownTime = () => performance.now() - waited()

/** Watches from now on, by a timer of 1 ms. `end()`: the longest stall, ms. */
export function watchLoop() {
  let most = 0
  let turned = ownTime()
  const look = () => {
    const now = ownTime()
    most = Math.max(most, now - turned - 1)
    turned = now
  }
  const timer = setInterval(look, 1)
  return {
    end() {
      look()
      clearInterval(timer)
      return most
    },
  }
}
