import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCases, updateCase } from './case-file.ts'
import { runBinary } from './run-binary.ts'
import { runInProcess } from './run-in-process.ts'
import { expected } from './ways.ts'

/** `UPDATE=1 npm test cases` writes what comes out into all cases, `UPDATE=late/ npm test cases` into those with that in their name. */
const update = process.env['UPDATE']
const isUpdate = update !== undefined

for (const one of readCases()) {
  if (isUpdate && update !== '1' && !one.name.includes(update)) continue
  const isForBinary = one.terminal.length === 0
  if (isUpdate) {
    test(`${one.name} is written anew`, async () => {
      const outcome = isForBinary ? await runBinary(one) : (await runInProcess(one)).outcome
      updateCase(one, outcome)
    })
  } else if (isForBinary) {
    test(`${one.name} through the binary`, async () => {
      assert.deepEqual(await runBinary(one), expected(one))
    })
  }
}
