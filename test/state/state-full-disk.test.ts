import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { MODEL_STRUCTURES, Model } from './epoch-model.ts'
import { contentsOf, inFolder, openState } from './state-harness.ts'
import { STATE_CHILD } from './state-kills.ts'

const SIZE = { manyPages: 300 }
const EPOCHS = '200'

/** Lets a process write until it cannot; returns the last epoch it said to be decided, and its message. */
function writeUntilFull(path: string, shell: string): { readonly decided: number; readonly message: string } {
  const words = [process.execPath, STATE_CHILD, path, 'write', EPOCHS, `${SIZE.manyPages}`]
  const { stdout, status } = spawnSync('/bin/sh', ['-c', `${shell}; exec "$@"`, 'sh', ...words], { encoding: 'utf8' })
  assert.equal(status, 0)
  const [, numbers, message] = /^([\d\n]*\n)(tidemark: .*)\n$/s.exec(stdout) ?? assert.fail(stdout)
  return { decided: Number(numbers!.trim().split('\n').at(-1)), message: message! }
}

async function assertHolds(path: string, decided: number): Promise<void> {
  const state = await openState(path)
  assert.deepEqual(await contentsOf(state.store, MODEL_STRUCTURES), new Model(SIZE).at(decided))
  await state.close()
}

test('a file that may not grow any further ends the run with a message, and its last epoch is whole', () =>
  inFolder(async (folder) => {
    const path = `${folder}/st`
    const { decided, message } = writeUntilFull(path, 'ulimit -f 1000')
    assert.equal(
      message,
      `tidemark: state '${path}' cannot be written: file too large [E_STATE_WRITE]\n  hint: once that is mended, start again: the run goes on at its last checkpoint`,
    )
    await assertHolds(path, decided)
  }))

/** A file system that is smaller than a log of LevelDB becomes (4 MB), or why there is none. */
function mountSmall(folder: string): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  mkdirSync(folder)
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder], {
    encoding: 'utf8',
  })
  return status === 0 ? null : (stderr ?? 'no mount')
}

test('a full disk ends the run with a message, and its last epoch is whole once there is space again', (t) =>
  inFolder(async (folder) => {
    const disk = `${folder}/disk`
    const missing = mountSmall(disk)
    if (missing !== null) return t.skip(missing)
    try {
      const { decided, message } = writeUntilFull(`${disk}/st`, ':')
      assert.equal(
        message,
        `tidemark: state '${disk}/st' cannot be written: no space left on device [E_STATE_WRITE]\n  hint: free some space, then start again: the run goes on at its last checkpoint`,
      )
      await assert.rejects(openState(`${disk}/st`), /cannot be written: no space left on device/)
      execFileSync('mount', ['-o', 'remount,size=40m', disk])
      await assertHolds(`${disk}/st`, decided)
      execFileSync('mount', ['-o', 'remount,ro', disk])
      await assert.rejects(openState(`${disk}/st`), /cannot be written: read-only file system/)
    } finally {
      execFileSync('umount', [disk])
    }
  }))
