import assert from 'node:assert/strict'
import type { EpochSink, LastCommit } from '../../src/sinks/sink.ts'
import { Crash, type ForgetfulDisk, type Loss, type Moment } from './forgetful-disk.ts'

/** What a sink is given between two checkpoints. */
export type Epochs<W> = readonly (readonly W[])[]

/** One world with a disk and a sink in it. */
export interface Place<S extends EpochSink> {
  readonly disk: ForgetfulDisk
  /** A new process. */
  createSink(): S
  /** What readers see, as text. */
  contents(): string
}

export interface Trial<S extends EpochSink, W> {
  createPlace(): Place<S>
  readonly epochs: Epochs<W>
  write(sink: S, one: W): void
}

const LOSSES: readonly Loss[] = ['process', 'machine', 'torn']
const MOMENTS: readonly Moment[] = ['before', 'half', 'after']

/** Lets a job die in every step of its sink, before, half way and after, by a crash of the process and of the machine: it must end as if nothing had been. */
export async function surviveEveryCrash<S extends EpochSink, W>(trial: Trial<S, W>): Promise<number> {
  const undisturbed = trial.createPlace()
  await runJob(trial, undisturbed, 'process')
  const wanted = undisturbed.contents()
  const { steps } = undisturbed.disk
  for (let crashAt = 0; crashAt < steps; crashAt += 1) {
    for (const loss of LOSSES) {
      for (const moment of MOMENTS) {
        const place = trial.createPlace()
        Object.assign(place.disk, { crashAt, moment })
        await runJob(trial, place, loss)
        assert.equal(place.contents(), wanted, `a crash of the ${loss} ${moment} step ${crashAt}`)
      }
    }
  }
  return steps
}

interface Root {
  readonly epoch: number
  readonly committable: string
}

/** A job with a store that never fails; every crash is followed by a new process. */
async function runJob<S extends EpochSink, W>(trial: Trial<S, W>, place: Place<S>, loss: Loss): Promise<void> {
  const store: { root: Root | null; confirmed: number } = { root: null, confirmed: 0 }
  for (;;) {
    try {
      await runProcess(trial, place, store)
      return
    } catch (error) {
      if (!place.disk.isDead) throw error
      place.disk.restart(loss)
    }
  }
}

async function runProcess<S extends EpochSink, W>(
  { epochs, write }: Trial<S, W>,
  { disk, createSink }: Place<S>,
  store: { root: Root | null; confirmed: number },
): Promise<void> {
  const sink = createSink()
  await sink.open()
  const { root } = store
  const last: LastCommit | null = root && {
    epoch: root.epoch,
    committable: JSON.parse(root.committable),
    isConfirmed: store.confirmed >= root.epoch,
  }
  await sink.recover(last)
  for (let epoch = (root?.epoch ?? 0) + 1; epoch <= epochs.length; epoch += 1) {
    for (const one of epochs[epoch - 1]!) {
      write(sink, one)
      if (sink.needsDrain) await sink.drain()
    }
    const prepared = sink.prepare(epoch)
    const committable = JSON.stringify((await prepared) ?? null)
    // the moments between two steps of the sink
    disk.step(() => {})
    store.root = { epoch, committable }
    disk.step(() => {})
    await sink.commit(epoch, JSON.parse(committable))
    disk.step(() => {})
    store.confirmed = epoch
  }
  await sink.close()
}

/** Did the process die, as the test wanted it? */
export const isCrash = (error: unknown): boolean => error instanceof Crash
