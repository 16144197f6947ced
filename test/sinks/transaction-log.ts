import type { Marker, TransactionalTarget } from '../../src/sinks/segmented.ts'
import { TransactionLost } from '../../src/sinks/transactional-target.ts'
import type { ForgetfulDisk } from './forgetful-disk.ts'

export interface ClientOptions {
  readonly due?: number
  /** `before`: nothing of it is there; `after`: all of it is, but the client is not told. */
  readonly lost?: (commit: number) => 'before' | 'after' | false
}

/**
 * A system with transactions, on a machine of its own, that survives what happens to its clients. Of a transaction it keeps all or nothing. Each call is a step
 * of the client's disk: a crash before it means that the call never arrived, one after it that the answer did not.
 */
export class TransactionLog {
  readonly transactions: { readonly rows: string; readonly marker: Marker }[] = []
  #instances = 0

  get text(): string {
    return this.transactions.map(({ rows }) => rows).join('')
  }

  /** Another instance of the one sink. `due`: a transaction of so many rows should be committed; `lost`: whether a commit is lost, by its number. */
  client(disk: ForgetfulDisk, { due = Infinity, lost = () => false }: ClientOptions = {}): TransactionalTarget {
    const log = this
    let instance = 0
    let rows: string[] = []
    const asked = async <T>(work: () => T): Promise<T> =>
      disk.step(() => {
        if (instance !== log.#instances) throw new Error('fenced: a newer instance has taken over')
        return work()
      })
    let commits = 0
    return {
      name: 'log',
      get isDue() {
        return rows.join('').split('\n').length > due
      },
      async open() {
        disk.step(() => {
          log.#instances += 1
          instance = log.#instances
        })
      },
      committedEpoch: () => asked(() => log.transactions.at(-1)?.marker ?? null),
      begin: () =>
        asked(() => {
          rows = []
        }),
      write: (bytes) => asked(() => rows.push(bytes.toString())).then(() => {}),
      commit: (marker) =>
        asked(() => {
          commits += 1
          const fate = lost(commits)
          if (fate === 'before') throw new TransactionLost('lost')
          log.transactions.push({ rows: rows.join(''), marker })
          rows = []
          if (fate === 'after') throw new TransactionLost('lost')
        }),
      close: async () => {},
    }
  }
}
