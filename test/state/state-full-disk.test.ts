import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import type { TidemarkError } from '../../src/base/errors.ts'
import { smallDisk } from '../small-disk.ts'
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

/** Less than a log of LevelDB becomes (4 MB). */
const DISK_KB = 3 * 1024

test('a full disk ends the run with a message, and its last epoch is whole once there is space again', (t) =>
  inFolder(async (folder) => {
    const disk = smallDisk(t, `${folder}/disk`, DISK_KB)
    if (disk === null) return
    try {
      const { decided, message } = writeUntilFull(`${disk.path}/st`, ':')
      assert.equal(
        message,
        `tidemark: state '${disk.path}/st' cannot be written: no space left on device [E_STATE_WRITE]\n  hint: free some space, then start again: the run goes on at its last checkpoint`,
      )
      await assert.rejects(openState(`${disk.path}/st`), /cannot be written: no space left on device/)
      disk.remount('size=40m')
      await assertHolds(`${disk.path}/st`, decided)
      disk.remount('ro')
      await assert.rejects(openState(`${disk.path}/st`), (error: TidemarkError) => {
        assert.match(error.render(), /cannot be written: read-only file system .*\n {2}hint: .*copy it to where/)
        return true
      })
    } finally {
      disk.unmount()
    }
  }))
