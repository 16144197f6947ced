import { readOwner, type StateOwner } from './state-files.ts'

/** The process that noted itself as the owner of a state directory, as far as it is alive; null: there is none, or it is not known. */
export function liveOwner(path: string): StateOwner | null {
  const owner = readOwner(path)
  return owner !== null && isAlive(owner.pid) ? owner : null
}

/** `process 4711 (tidemark run api.yaml, since 10:02)`. `now`: wall time, ms. */
export const ownerText = (owner: StateOwner | null, now: number): string =>
  owner === null ? 'another process' : `process ${owner.pid} (${owner.command}, since ${momentText(owner.since, now)})`

/** Hours and minutes, UTC; with the day where that is not today. */
function momentText(since: string, now: number): string {
  const [day, time] = new Date(since).toISOString().split('T') as [string, string]
  const clock = time.slice(0, 5)
  return new Date(now).toISOString().startsWith(day) ? clock : `${day} ${clock}`
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
