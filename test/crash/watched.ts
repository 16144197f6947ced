import { type ByteSink, type EpochSink, isEpochSink } from '../../src/sinks/sink.ts'
import type { Store } from '../../src/state/store.ts'

/** Does `what`, a step of a checkpoint of that name, with a moment to die before it and one after it. */
export type Framed = <T>(name: string, what: () => Promise<T>) => Promise<T>

/** The store itself, with moments around what it decides. */
export function watchedStore(store: Store, framed: Framed): Store {
  return {
    incarnation: store.incarnation,
    root: () => store.root(),
    pages: (operator, structure) => store.pages(operator, structure),
    writePages: (epoch, pages) => framed('pages', () => store.writePages(epoch, pages)),
    writeRoot: (root) => framed('root', () => store.writeRoot(root)),
    confirm: (epoch) => framed('confirmation', () => store.confirm(epoch)),
    confirmed: () => store.confirmed(),
    close: () => store.close(),
  }
}

/** The sink itself, with moments around its steps. */
export function watchedSink(sink: ByteSink, framed: Framed): ByteSink {
  if (!isEpochSink(sink)) return sink
  const { prepare, commit, recover } = sink
  const watched: Partial<EpochSink> = {
    prepare: (epoch) => framed('sealing', () => prepare.call(sink, epoch)),
    commit: (epoch, committable) => framed('commit', () => commit.call(sink, epoch, committable)),
    recover: (last) => framed('recovery', () => recover.call(sink, last)),
  }
  return Object.assign(sink, watched)
}
