import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { cannotRun } from '../skip.ts'
import { row, shell, sleep, start, workFolder } from './tidemark.ts'

const { folder } = workFolder()
const ONE = row(0, { v: 1 })
const TWO = row(1, { v: 2 })

/** A folder for one test, with `in.ndjson` of two rows in it. */
function place(name: string): { readonly cwd: string; readonly at: (file: string) => string } {
  const cwd = `${folder}/${name}`
  fs.mkdirSync(cwd)
  fs.writeFileSync(`${cwd}/in.ndjson`, ONE + TWO)
  return { cwd, at: (file) => `${cwd}/${file}` }
}

const read = (path: string): string => fs.readFileSync(path, 'utf8')
const RUN = `tidemark --state st -o out.ndjson filter 'v > 0' in.ndjson`

/** The same job, run to its end, and once more after something was done to its output. */
async function runTwice(name: string, meddle: (out: string) => void, more = '') {
  const { cwd, at } = place(name)
  assert.deepEqual(await shell(RUN, { cwd }).ended, { stdout: '', stderr: '', exit: 0 })
  assert.equal(read(at('out.ndjson')), ONE + TWO)
  meddle(at('out.ndjson'))
  const { stderr, exit } = await shell(`${RUN} ${more}`, { cwd }).ended
  return { stderr, exit, at }
}

test('a file that holds something when a job with state begins needs --append, and a link is followed', async () => {
  const { cwd, at } = place('first')
  fs.writeFileSync(at('real.ndjson'), 'old\n')
  fs.symlinkSync('real.ndjson', at('out.ndjson'))
  const refused = await shell(RUN, { cwd }).ended
  assert.deepEqual(refused, {
    stdout: '',
    stderr:
      'tidemark: out.ndjson holds 4 bytes that are not of this state [E_OUTPUT]\n' +
      '  hint: --append writes behind them; or name another file\n',
    exit: 2,
  })
  assert.equal(read(at('real.ndjson')), 'old\n')
  assert.equal((await shell(`${RUN} --append`, { cwd }).ended).exit, 0)
  assert.equal(read(at('real.ndjson')), `old\n${ONE}${TWO}`)
  assert.ok(fs.lstatSync(at('out.ndjson')).isSymbolicLink())
  assert.equal((await shell(`${RUN} --append`, { cwd }).ended).exit, 0)
  assert.equal(read(at('real.ndjson')), `old\n${ONE}${TWO}`)
})

test('a link to nothing makes the file that it names', async () => {
  const { cwd, at } = place('dangling')
  fs.symlinkSync('real.ndjson', at('out.ndjson'))
  assert.equal((await shell(RUN, { cwd }).ended).exit, 0)
  assert.equal(read(at('real.ndjson')), ONE + TWO)
})

test('a path that leads nowhere is refused in the words of the system, with state and without', async () => {
  const { cwd, at } = place('nowhere')
  fs.symlinkSync('two', at('one'))
  fs.symlinkSync('one', at('two'))
  for (const state of ['', '--state st']) {
    for (const [path, reason] of [
      ['one', 'too many symbolic links encountered'],
      ['in.ndjson/out', 'not a directory'],
      ['x'.repeat(300), 'name too long'],
    ] as const) {
      const { stderr, exit } = await shell(`tidemark ${state} -o ${path} filter 'v > 0' in.ndjson`, { cwd }).ended
      assert.deepEqual(
        { stderr, exit },
        { stderr: `tidemark: cannot write to ${path}: ${reason} [E_OUTPUT]\n`, exit: 2 },
      )
    }
  }
})

test('between two runs: appended, truncated, rotated, removed; no byte is touched', async () => {
  const length = Buffer.byteLength(ONE + TWO)
  const appended = await runTwice('appended', (out) => fs.appendFileSync(out, 'foreign\n'))
  assert.deepEqual(
    [appended.stderr, appended.exit],
    [
      'tidemark: out.ndjson has 8 bytes that this job did not write [E_OUTPUT_CHANGED]\n' +
        `  hint: they came since the last run, from another process or a later run of this job; keep them elsewhere, then: truncate -s ${length} out.ndjson; or --allow-rewind goes on behind them, and rows may be in it twice\n`,
      6,
    ],
  )
  assert.equal(read(appended.at('out.ndjson')), `${ONE}${TWO}foreign\n`)
  const cut = await runTwice('cut', (out) => fs.truncateSync(out, 9))
  assert.match(cut.stderr, /out\.ndjson was cut short since the last run: 9 of \d+ bytes are left \[E_OUTPUT_CHANGED\]/)
  const rotated = await runTwice('rotated', (out) => fs.renameSync(out, `${out}.1`))
  assert.match(rotated.stderr, /out\.ndjson was renamed to out\.ndjson\.1 since the last run \[E_OUTPUT_CHANGED\]/)
  const removed = await runTwice('removed', (out) => fs.rmSync(out))
  assert.match(removed.stderr, /out\.ndjson was removed since the last run: it held \d+ bytes \[E_OUTPUT_CHANGED\]/)
  const anew = await runTwice('anew', (out) => fs.renameSync(out, `${out}.1`), '--append')
  assert.deepEqual([anew.stderr, anew.exit], ['', 0])
})

test('while a job runs: a file that is rotated or appended to is noticed at the next checkpoint', async () => {
  for (const [name, meddle, message] of [
    [
      'moved',
      (out: string) => fs.renameSync(out, `${out}.1`),
      /was renamed to out\.ndjson\.1 while this job was running/,
    ],
    ['grown', (out: string) => fs.appendFileSync(out, 'foreign\n'), /has 8 bytes that this job did not write/],
  ] as const) {
    const { cwd, at } = place(name)
    const words = ['--state', 'st', '--checkpoint-interval', '20ms', '-o', 'out.ndjson', 'filter', 'v > 0']
    const running = start(words, { cwd })
    running.send(ONE)
    while (!fs.existsSync(at('out.ndjson')) || read(at('out.ndjson')) !== ONE) await sleep(10)
    meddle(at('out.ndjson'))
    const { stderr, exit } = await running.end(TWO)
    assert.match(stderr, message)
    assert.equal(exit, 6)
    assert.equal(
      fs.existsSync(at('out.ndjson.1')) ? read(at('out.ndjson.1')) : read(at('out.ndjson')).slice(0, ONE.length),
      ONE,
    )
  }
})

test('pipes, devices and standard output by another name take rows as they come and are never truncated', async (context) => {
  const { cwd, at } = place('streams')
  const run = (state: string, out: string) => `tidemark --state ${state} -o ${out} filter 'v > 0' in.ndjson`
  fs.writeFileSync(at('kept.ndjson'), 'kept\n')
  assert.equal((await shell(`${run('s1', '/dev/stdout')} >> kept.ndjson`, { cwd }).ended).exit, 0)
  assert.equal(read(at('kept.ndjson')), `kept\n${ONE}${TWO}`)
  assert.equal((await shell(`${run('s2', '/dev/stdout')} | cat`, { cwd }).ended).stdout, ONE + TWO)
  assert.equal((await shell(`mkfifo pipe; cat pipe & ${run('s3', 'pipe')}; wait`, { cwd }).ended).stdout, ONE + TWO)
  assert.equal((await shell(run('s4', '/dev/null'), { cwd }).ended).exit, 0)
  if (!fs.existsSync('/dev/full')) return cannotRun(context, 'there is no /dev/full')
  const full = await shell(run('s5', '/dev/full'), { cwd }).ended
  assert.deepEqual(
    [full.stderr.split('\n')[0], full.exit],
    ['tidemark: cannot write to /dev/full: no space left on device [E_WRITE]', 1],
  )
  const demanded = await shell(`${run('s6', '/dev/stdout')} --require exactly-once`, { cwd }).ended
  assert.match(demanded.stderr, /is at-least-once, not exactly-once \[E_GUARANTEE\]/)
})

test('parts of a job that is killed and started again are those of one that was not', async () => {
  const { cwd, at } = place('parts')
  const rows = Array.from({ length: 3000 }, (_, i) => row(i, { v: i, k: `k${i % 7}` })).join('')
  fs.writeFileSync(at('in.ndjson'), rows)
  fs.mkdirSync(at('a'))
  fs.mkdirSync(at('b'))
  const run = (out: string, more: string) =>
    `tidemark -t ts -o '${out}/{hour}{minute}/{k}.ndjson' --roll 2KiB ${more} filter 'v >= 0' in.ndjson`
  assert.equal((await shell(run('a', ''), { cwd }).ended).exit, 0)
  for (let kills = 0; kills < 3; kills += 1) {
    await shell(`timeout -s KILL 0.${2 + kills} ${run('b', '--state st --checkpoint-interval rows:100')}`, { cwd })
      .ended
  }
  assert.equal((await shell(run('b', '--state st --checkpoint-interval rows:100'), { cwd }).ended).exit, 0)
  const list = (await shell('diff -r a b && find a -type f | wc -l; find b -name ".*"', { cwd }).ended).stdout
  assert.equal(list.trim(), '350')
})
