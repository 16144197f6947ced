import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryStore } from '../../src/state/memory-store.ts'
import type { Store } from '../../src/state/store.ts'
import { rootRecord } from './root-record.ts'
import { type Contents, contentsOf, inFolder, openState, write } from './state-harness.ts'

/** A store that dies at a step, and what a new process finds of it. */
interface Mortal {
  readonly store: Store
  restart(): Promise<Store>
  end(): Promise<void>
}

type OnStep = (step: string, epoch: number) => void

async function memory(onStep: OnStep): Promise<Mortal> {
  const store = new MemoryStore(onStep)
  return { store, restart: async () => store, end: async () => {} }
}

async function onDisk(folder: string, onStep: OnStep): Promise<Mortal> {
  const path = `${folder}/st`
  let state = await openState(path, { onStep })
  return {
    store: state.store,
    restart: async () => {
      await state.close()
      state = await openState(path, { onStep })
      return state.store
    },
    end: () => state.close(),
  }
}

const KINDS = {
  'in memory': (run: (open: (onStep: OnStep) => Promise<Mortal>) => Promise<void>) => run(memory),
  'on disk': (run: (open: (onStep: OnStep) => Promise<Mortal>) => Promise<void>) =>
    inFolder((folder) => run((onStep) => onDisk(folder, onStep))),
}

const STRUCTURES = ['a x', 'a xy', 'b x', 'ä "']

const anyPage = fc.record({
  place: fc.constantFrom(...STRUCTURES),
  page: fc.constantFrom('0', '00', '1', '-3/00000001', '10', 'ü'),
  text: fc.option(fc.string({ maxLength: 5 }), { freq: 3 }),
})

interface Epoch {
  readonly writes: readonly { readonly place: string; readonly page: string; readonly text: string | null }[]
  /** Pages are handed over in so many calls. */
  readonly calls: number
  readonly confirm: boolean
  /** Dies at this step of the epoch, if there is one, and starts anew. */
  readonly death: number
}

const anyEpoch: fc.Arbitrary<Epoch> = fc.record({
  writes: fc.array(anyPage, { maxLength: 8 }),
  calls: fc.integer({ min: 1, max: 2 }),
  confirm: fc.boolean(),
  death: fc.integer({ min: 0, max: 14 }),
})

class Death extends Error {}

function applied({ pages, epoch }: Contents, { writes }: Epoch): Contents {
  const next: Record<string, string> = { ...pages }
  for (const { place, page, text } of writes) {
    if (text === null) delete next[`${place} ${page}`]
    else next[`${place} ${page}`] = text
  }
  return { epoch: epoch + 1, pages: next }
}

async function writeEpoch(store: Store, number: number, { writes, calls, confirm }: Epoch): Promise<void> {
  const pages = writes.map(({ place, page, text }) => write(`${place} ${page}`, text))
  const half = Math.ceil(pages.length / calls)
  for (let call = 0; call < calls; call += 1)
    await store.writePages(number, pages.slice(call * half, (call + 1) * half))
  await store.writeRoot(rootRecord(number, { sequence: number * 10, sources: { in: { offset: number } } }))
  if (confirm) await store.confirm(number)
}

for (const [kind, around] of Object.entries(KINDS)) {
  const runs = kind === 'on disk' ? 60 : 200

  test(`${kind}: a start finds the last decided epoch whole, wherever the process died`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyEpoch, { minLength: 1, maxLength: 6 }), (epochs) =>
        around(async (open) => {
          let countdown = -1
          let isDecided = false
          const mortal = await open((step) => {
            if (step === 'after root') isDecided = true
            if (countdown-- === 0) throw new Death()
          })
          let { store } = mortal
          let expected = await contentsOf(store, STRUCTURES)
          assert.deepEqual(expected, { epoch: 0, pages: {} })
          let confirmed = 0
          for (const epoch of epochs) {
            countdown = epoch.death
            isDecided = false
            const next = applied(expected, epoch)
            const isDead = await writeEpoch(store, next.epoch, epoch).then(
              () => false,
              (error) => {
                assert.ok(error instanceof Death, error)
                return true
              },
            )
            countdown = -1
            if (isDecided) expected = next
            if (isDecided && epoch.confirm && !isDead) confirmed = next.epoch
            if (isDead) {
              store = await mortal.restart()
              assert.deepEqual(await contentsOf(store, STRUCTURES), expected)
              const { sequence, sources } = (await store.root()) ?? rootRecord(0)
              if (expected.epoch > 0)
                assert.deepEqual([sequence, sources], [expected.epoch * 10, { in: { offset: expected.epoch } }])
              const told = await store.confirmed()
              assert.ok(told >= confirmed && told <= expected.epoch, `${told} confirmed`)
            }
          }
          await mortal.restart()
          await mortal.end()
        }),
      ),
      { numRuns: runs },
    ))
}
