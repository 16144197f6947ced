import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Ended, row, shell, sleep, start, workFolder } from './tidemark.ts'

const { folder: cwd, at } = workFolder()

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => row(from + i, { v: from + i })).join('')

/** Runs over a pipe that holds `text`, with state of their own and one output. */
function job(name: string, flags: readonly string[] = [], verb: readonly string[] = ['filter', 'v >= 0']) {
  const words = ['--state', `st-${name}`, '-o', `${name}.out`, ...flags, ...verb]
  return {
    run: (text: string | Buffer, more: readonly string[] = ['--replay']): Promise<Ended> =>
      start([...more, ...words], { cwd }).end(text),
    out: () => fs.readFileSync(at(`${name}.out`), 'utf8'),
  }
}

/** Of a file that may not be there yet. */
function lengthOf(read: () => string): number {
  try {
    return read().length
  } catch {
    return 0
  }
}

const FINE: Ended = { stdout: '', stderr: '', exit: 0 }
const RESET = 'to begin anew: tidemark state reset'

describe('--replay', { concurrency: 2 }, () => {
  test('passes over what was taken: a longer pipe gives what is new, cut inside a line too', async () => {
    const { run, out } = job('longer', ['--at-eof', 'suspend', '-t', 'ts'], ['tumble', '10s'])
    const text = rows(0, 60)
    for (let to = 0; to < text.length; to += 331) assert.deepEqual(await run(text.slice(0, to)), FINE)
    const last = await start(['--replay', '-t', 'ts', '--state', 'st-longer', '-o', 'longer.out', 'tumble', '10s'], {
      cwd,
    }).end(text)
    assert.deepEqual(last, FINE)
    const whole = job('whole', ['-t', 'ts'], ['tumble', '10s'])
    assert.deepEqual(await whole.run(text), FINE)
    assert.equal(out(), whole.out())
    assert.equal(out().trimEnd().split('\n').length, 6)
  })

  test('an empty pipe is none; a job that has ended is left alone, and refuses new rows', async () => {
    const { run, out } = job('empty', ['--at-eof', 'suspend'])
    assert.deepEqual(await run(''), FINE)
    assert.deepEqual(await run(''), FINE)
    assert.deepEqual(await run(rows(0, 2)), FINE)
    assert.equal(out(), rows(0, 2))
    const ended = job('ended')
    assert.deepEqual(await ended.run(rows(0, 2)), FINE)
    assert.deepEqual(await ended.run(rows(0, 2)), FINE)
    assert.equal(ended.out(), rows(0, 2))
    const { exit, stderr } = await ended.run(rows(0, 3))
    assert.equal(exit, 6)
    assert.match(stderr, /^tidemark: the job in this state has ended, and there are new rows \[E_STATE_FINISHED\]/)
  })

  test('what is not what was taken is refused, and nothing is written', async () => {
    const { run, out } = job('other', ['--at-eof', 'suspend'])
    await run(rows(0, 2))
    const taken = Buffer.byteLength(rows(0, 2))
    const hint = `  hint: --replay needs all that was read again, from its first byte; ${RESET}\n`
    assert.deepEqual(await run(rows(1, 4)), {
      stdout: '',
      stderr: `tidemark: the first ${taken} bytes of standard input are not those that were read before [E_SOURCE_CHANGED]\n${hint}`,
      exit: 6,
    })
    assert.deepEqual(await run(rows(0, 1)), {
      stdout: '',
      stderr: `tidemark: standard input ended after ${taken / 2} bytes; ${taken} bytes of it were read before [E_SOURCE_CHANGED]\n${hint}`,
      exit: 6,
    })
    assert.deepEqual(await run(rows(2, 3), []), {
      stdout: '',
      stderr:
        'tidemark: standard input was given from its beginning (--replay) in the runs before [E_SOURCE_CHANGED]\n' +
        `  hint: ${taken} bytes of it were read: --replay passes them over; ${RESET}\n`,
      exit: 6,
    })
    fs.writeFileSync(at('in.ndjson'), rows(0, 3))
    const file = await shell('tidemark --replay --state st-other -o other.out filter "v >= 0" < in.ndjson', { cwd })
      .ended
    assert.deepEqual(file, {
      stdout: '',
      stderr:
        `tidemark: ${taken} bytes of standard input were read (--replay), and no pipe of that name is among the inputs [E_SOURCE_GONE]\n` +
        `  hint: give it again, under the same name; ${RESET}\n`,
      exit: 6,
    })
    assert.equal(out(), rows(0, 2))
    assert.deepEqual(await run(rows(0, 3)), FINE)
    assert.equal(out(), rows(0, 3))
  })

  test('a state of runs without it does not know what to pass over', async () => {
    const { run } = job('without', ['--at-eof', 'suspend'])
    await run(rows(0, 2), [])
    assert.deepEqual(await run(rows(0, 3)), {
      stdout: '',
      stderr:
        'tidemark: how much of standard input was read before is not known [E_SOURCE_CHANGED]\n' +
        `  hint: the runs before had no --replay: go on without it, where only new rows come; ${RESET}\n`,
      exit: 6,
    })
    assert.deepEqual(await run(rows(2, 3), []), FINE)
  })

  test('compressed pipes are compared by what they hold', async () => {
    const { run, out } = job('gzip', ['--at-eof', 'suspend'])
    assert.deepEqual(await run(gzipSync(rows(0, 500))), FINE)
    assert.deepEqual(await run(gzipSync(rows(0, 1000), { level: 1 })), FINE)
    assert.deepEqual(await run(rows(0, 1001)), FINE)
    assert.equal(out(), rows(0, 1001))
  })

  test('named pipes stand beside files, each with its own place', async () => {
    execFileSync('mkfifo', [at('fifo')])
    fs.writeFileSync(at('file'), rows(0, 2))
    const line = 'tidemark --replay --state st-fifo -o fifo.out --at-eof suspend filter "v >= 0" fifo file'
    const give = async (text: string) => {
      const running = shell(line, { cwd })
      await shell('cat > fifo', { cwd }).end(text)
      assert.deepEqual(await running.ended, FINE)
    }
    await give(rows(10, 12))
    fs.appendFileSync(at('file'), rows(2, 3))
    await give(rows(10, 13))
    const found = fs.readFileSync(at('fifo.out'), 'utf8').split('\n').toSorted()
    assert.deepEqual(found, (rows(0, 3) + rows(10, 13)).split('\n').toSorted())
  })

  test('SIGTERM in the middle, again and again, loses and doubles nothing', async () => {
    const { out } = job('term')
    const text = rows(0, 400)
    let places = 0
    for (let to = 20; to <= 400; to += 95) {
      const words = ['-q', '--replay', '--state', 'st-term', '-o', 'term.out', '--checkpoint-interval', '10ms']
      const running = start([...words, 'filter', 'v >= 0'], { cwd })
      running.send(text.slice(0, to * 26))
      for (let waits = 0; waits < 500 && lengthOf(out) === places; waits += 1) await sleep(20)
      const { exit, stderr } = await running.kill('SIGTERM')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.ok(text.startsWith(out()))
      assert.ok(out().length > places)
      places = out().length
    }
    assert.deepEqual(await job('term').run(text), FINE)
    assert.equal(out(), text)
  })

  test('explain and --require know that it makes a pipe exact', async () => {
    const line = "--state st-never -o never.out filter 'v > 0'"
    const told = async (flags: string) =>
      (await shell(`cat /dev/null | tidemark explain ${flags} ${line}`, { cwd }).ended).stdout.split('\n').at(-2)
    assert.equal(
      await told('--replay'),
      '  standard input -> never.out: exactly-once (what was read is given again (--replay), compared, and passed over, and rows are added to the file once their checkpoint is done)',
    )
    assert.match((await told(''))!, /^ {2}standard input -> never.out: at-most-once/)
    const asked = (flags: string) =>
      shell(`cat /dev/null | tidemark ${flags} --require exactly-once ${line}`, { cwd }).ended
    assert.equal((await asked('')).exit, 5)
    assert.deepEqual(await asked('--replay'), FINE)
  })
})
