import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { cannotRun } from '../skip.ts'
import { row, shell, workFolder } from './tidemark.ts'

const { at } = workFolder()
const hasTerminals = spawnSync('script', ['--version']).status === 0

let scripts = 0

/** Runs a line of bash whose streams are a terminal, and gives all that the terminal got. */
async function onTerminal(line: string): Promise<string> {
  scripts += 1
  const path = at(`${scripts}.sh`)
  writeFileSync(path, line)
  const { stdout, exit } = await shell(`TERM=xterm script -qec 'bash ${path}' /dev/null < /dev/null`).ended
  assert.equal(exit, 0, stdout)
  return stdout
}

describe('progress on a terminal', () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => row(i, { text: 'x'.repeat(100) })).join('')
  writeFileSync(at('in.ndjson'), rows)
  // whoever reads the rows begins late: the run takes longer than half a second
  const slowly = `| (sleep 1.2; cat) | wc -l > ${at('count')}`
  const chain = `-t ts filter "text LIKE 'x%'" ${at('in.ndjson')}`

  test('is shown for a file while rows go elsewhere, and taken away', async (t) => {
    if (!hasTerminals) return cannotRun(t, 'there is no script')
    const shown = await onTerminal(`tidemark ${chain} ${slowly}`)
    assert.match(
      shown,
      /\r\u001b\[K\d+ % {2}[\d.]+ [kM]B of [\d.]+ MB {2}[\d.]+k? rows\/s {2}[\d mins]+ left {2}watermark 2024-05-01T/,
    )
    assert.ok(shown.endsWith('\r\u001b[K'), JSON.stringify(shown.slice(-60)))
  })

  test('is not shown with -q, where rows go to the terminal, or on a dumb one', async (t) => {
    if (!hasTerminals) return cannotRun(t, 'there is no script')
    assert.equal(await onTerminal(`tidemark -q ${chain} ${slowly}`), '')
    assert.equal(await onTerminal(`TERM=dumb tidemark ${chain} ${slowly}`), '')
    const rowsShown = await onTerminal(`tidemark -t ts filter 'false' ${at('in.ndjson')}; sleep 0.1`)
    assert.equal(rowsShown, '')
  })

  test('is not shown for a pipe', async (t) => {
    if (!hasTerminals) return cannotRun(t, 'there is no script')
    const line = `tidemark -t ts filter "text LIKE 'x%'" ${slowly}`
    assert.equal(await onTerminal(`cat ${at('in.ndjson')} | ${line}`), '')
  })
})
