import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { REPOSITORY } from '../repository.ts'
import { smallDisk } from '../small-disk.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-full-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Rows out of order, some late, some bad. */
function input(): string {
  const path = join(folder, 'in.ndjson')
  const lines = Array.from({ length: 6_000 }, (_, i) => {
    const ts = 1_714_557_600_000 + i * 1_000 - (i % 17 === 0 ? 900_000 : (i * 7_919) % 5_000)
    return i % 11 === 5 ? `{"ts":${ts},"k":` : `{"ts":${ts},"k":"k${(i * 31) % 7}","id":${i},"pad":"${'x'.repeat(60)}"}`
  })
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

function tidemark(words: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  const bin = join(REPOSITORY, 'bin/tidemark')
  return spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8' })
}

interface Outputs {
  readonly state: string
  readonly out: string
  readonly late: string
  readonly bad: string
}

const words = ({ state, out, late, bad }: Outputs, data: string) => [
  ...['-q', '-t', 'ts', '-w', '5s', '--checkpoint-interval', 'rows:1000', '--state', state],
  ...['-o', out, '--late', late, '--on-error', bad, 'dedup', '-b', 'id', '--within', '1h', data],
]

const inFolder = (at: string): Outputs => ({
  state: join(at, 'st'),
  out: join(at, 'out.ndjson'),
  late: join(at, 'late.ndjson'),
  bad: join(at, 'bad.ndjson'),
})

const contents = ({ out, late, bad }: Outputs) => [out, late, bad].map((path) => readFileSync(path, 'utf8'))

const CASES: readonly (readonly [what: keyof Outputs, kilobytes: number, message: RegExp])[] = [
  [
    'out',
    64,
    /^tidemark: cannot write to .*out\.ndjson: no space left on device \[E_WRITE\]\n {2}hint: make room on that disk, then start again/,
  ],
  [
    'late',
    8,
    /^tidemark: cannot write to .*late\.ndjson: no space left on device \[E_WRITE\]\n {2}hint: make room on that disk, then start again/,
  ],
  [
    'bad',
    8,
    /^tidemark: cannot write to .*bad\.ndjson: no space left on device \[E_WRITE\]\n {2}hint: make room on that disk, then start again/,
  ],
  ['state', 160, /^tidemark: state '.*st' cannot be written: no space left on device \[E_STATE_WRITE\]\n {2}hint: /],
]

for (const [what, kilobytes, message] of CASES) {
  test(`a full disk under ${what} ends the run with a message; with room it goes on to the same bytes`, (t) => {
    const disk = smallDisk(t, join(folder, `disk-${what}`), kilobytes)
    if (disk === null) return
    try {
      const data = input()
      const whole = inFolder(mkdtempSync(join(folder, 'whole-')))
      assert.equal(tidemark(words(whole, data)).status, 0)
      const outputs = inFolder(mkdtempSync(join(folder, 'small-')))
      const small = { ...outputs, [what]: join(disk.path, basename(outputs[what])) }
      for (const start of ['first', 'second']) {
        const { status, stderr } = tidemark(words(small, data))
        assert.match(stderr, message, start)
        assert.equal(status, 1)
      }
      disk.remount('size=40m')
      const { status, stderr } = tidemark(words(small, data))
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
      assert.deepEqual(contents(small), contents(whole))
    } finally {
      disk.unmount()
    }
  })
}
