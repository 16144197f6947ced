import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from '../repository.ts'

interface Soak {
  soak(options: { kills: number; rows: number; seed: number; tell: (text: string) => void }): Promise<number>
}

test('a job killed at random moments, 30 times, gives what it gives undisturbed', async (t) => {
  const { soak } = (await import(pathToFileURL(join(REPOSITORY, 'bench/soak/kills.mjs')).href)) as Soak
  const seed = Math.floor(Math.random() * 1_000_000)
  t.diagnostic(`seed ${seed}`)
  await soak({ kills: 30, rows: 20_000, seed, tell: () => {} })
})
