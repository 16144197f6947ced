import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { type Running, row, sleep, start as tidemark, untilQuiet, workFolder } from './tidemark.ts'

const { folder, at } = workFolder()
const FILTER = ['filter', 'v >= 0']

/** A file of its own for each test, and `tidemark` following it there. */
function follow(name: string, flags: readonly string[] = [], words: readonly string[] = FILTER) {
  const log = at(name)
  return {
    log,
    append: (text: string) => fs.appendFileSync(log, text),
    start: () => tidemark(['-t', 'ts', '--follow', ...flags, ...words, log], { cwd: folder }),
  }
}

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => row(from + i, { v: from + i })).join('')

/** A signal, and what it ended with. */
async function stop(running: Running): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { stdout, stderr, exit } = await running.kill('SIGTERM')
  assert.equal(exit, 0, stderr)
  return { stdout, stderr }
}

describe('--follow', { concurrency: true }, () => {
  test('gives what is appended soon after it was written; half a line waits for its rest', async () => {
    const { append, start } = follow('grows')
    append(rows(0, 2))
    const running = start()
    await running.lines(2)
    const waits: number[] = []
    for (let i = 2; i < 22; i += 1) {
      const begin = performance.now()
      append(rows(i, i + 1))
      await running.lines(i + 1)
      waits.push(performance.now() - begin)
      await sleep(5)
    }
    const median = waits.sort((a, b) => a - b)[10]!
    // far below the second after which it would look by itself
    assert.ok(median < 200, `${median} ms`)
    append(rows(22, 24).slice(0, -5))
    await running.lines(23)
    append(rows(23, 24).slice(-5))
    await running.lines(24)
    assert.deepEqual(await stop(running), { stdout: rows(0, 24), stderr: '' })
  })

  test('uses no processor time while nothing happens', async () => {
    const { append, start } = follow('quiet')
    append(rows(0, 1))
    const running = start()
    await running.lines(1)
    await untilQuiet(running.child.pid!)
    const ticks = () => {
      const fields = fs.readFileSync(`/proc/${running.child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return Number(fields[11]) + Number(fields[12])
    }
    const before = ticks()
    await sleep(1500)
    assert.ok(ticks() - before <= 2, `${ticks() - before} ticks of 10 ms in 1.5 s`)
    await stop(running)
  })

  test('waits for a file that is not there, nor its folder', async () => {
    const { log, append, start } = follow('later/app.log')
    const running = start()
    await running.until(() => running.stderr.includes('W_FILE_AWAITED'), 'the warning')
    fs.mkdirSync(at('later'))
    append(rows(0, 2))
    await running.lines(2)
    fs.rmSync(log)
    append(rows(2, 4))
    await running.lines(4)
    assert.equal((await stop(running)).stdout, rows(0, 4))
  })

  test('reads a renamed file to its end, also what its writer adds until it opens the new one', async () => {
    const { log, append, start } = follow('renamed')
    append(rows(0, 3))
    const running = start()
    await running.lines(3)
    for (let i = 3; i < 30; i += 9) {
      fs.renameSync(log, `${log}.${i}`)
      fs.appendFileSync(`${log}.${i}`, rows(i, i + 3))
      await running.lines(i + 3)
      fs.writeFileSync(log, '')
      await sleep(20)
      // its last line has no newline
      fs.appendFileSync(`${log}.${i}`, rows(i + 3, i + 6).trimEnd())
      append(rows(i + 6, i + 9))
      await running.lines(i + 9)
    }
    assert.deepEqual(await stop(running), { stdout: rows(0, 30), stderr: '' })
  })

  test('loses nothing of a file that is copied and cut short, however fast', async () => {
    const { log, append, start } = follow('copied')
    append(rows(0, 3))
    const running = start()
    await running.lines(3)
    for (let i = 3; i < 303; i += 10) {
      append(rows(i, i + 4))
      fs.copyFileSync(log, `${log}.${i}`)
      fs.truncateSync(log)
      append(rows(i + 4, i + 10))
      await running.lines(i + 10)
    }
    await running.lines(303)
    assert.deepEqual(await stop(running), { stdout: rows(0, 303), stderr: '' })
  })

  test('takes several files as inputs of their own', async () => {
    const one = follow('one')
    one.append(rows(0, 50))
    fs.writeFileSync(at('two'), '')
    const running = tidemark(['-t', 'ts', '--follow', 'tumble', '10s', one.log, at('two')])
    await sleep(400)
    assert.equal(running.stdout, '', 'the silent one holds the watermark')
    fs.appendFileSync(at('two'), rows(25, 26))
    await running.lines(2)
    const { stderr } = await stop(running)
    assert.match(stderr, /W_INTERRUPTED/)
  })

  test('a silent file does not hold windows back under --idle-timeout', async () => {
    const { append, start } = follow('idle', ['--idle-timeout', '200ms'], ['tumble', '1s'])
    append(rows(0, 2))
    const running = start()
    await running.lines(2)
    await stop(running)
  })

  test('killed and started again in the middle of rotations gives what one run over all gives', async () => {
    const { log, append, start } = follow('killed', [
      '--state',
      at('killed.st'),
      '--checkpoint-interval',
      '50ms',
      '-o',
      at('killed.out'),
    ])
    const out = () => (fs.existsSync(at('killed.out')) ? fs.readFileSync(at('killed.out'), 'utf8') : '')
    const comes = async (text: string) => {
      for (let i = 0; i < 1000 && out() !== text; i += 1) await sleep(10)
      assert.equal(out(), text)
    }
    append(rows(0, 1000))
    let running = start()
    await comes(rows(0, 1000))
    for (let i = 1000, round = 0; round < 3; i += 300, round += 1) {
      append(rows(i, i + 100).trimEnd())
      await sleep(round * 40)
      running.child.kill('SIGKILL')
      await running.ended
      if (round === 1) {
        fs.copyFileSync(log, `${log}.1`)
        fs.truncateSync(log)
      } else fs.renameSync(log, `${log}.${2 + round}`)
      if (round === 2) {
        append(rows(i + 100, i + 200))
        await sleep(20) // files are told apart by when they were last written to
        fs.renameSync(log, `${log}.5`)
        append(rows(i + 200, i + 300))
      } else append(rows(i + 100, i + 300))
      running = start()
      await comes(rows(0, i + 300))
    }
    const { stderr } = await stop(running)
    // a slow disk is none of this test's business
    assert.equal(stderr.replaceAll(/tidemark: warning: .*\[W_CHECKPOINT_SLOW\]\n {2}hint: .*\n/g, ''), '')
  })

  test('ten pieces of a file under --at-eof suspend, cut also inside lines, give what one run gives', async () => {
    const words = ['-t', 'ts', 'tumble', '10s', '-a', 'count(*) AS n, sum(v) AS s']
    const text = rows(0, 200)
    const log = at('pieces')
    fs.writeFileSync(at('whole'), text)
    const whole = await tidemark([...words, at('whole')]).ended
    const flags = ['--state', at('pieces.st'), '-o', at('pieces.out')]
    for (let i = 1; i <= 10; i += 1) {
      fs.writeFileSync(log, text.slice(0, Math.floor((text.length * i) / 10.5)))
      const { exit, stderr } = await tidemark([...flags, '--at-eof', 'suspend', ...words, log]).ended
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    }
    fs.writeFileSync(log, text)
    for (let again = 0; again < 2; again += 1) {
      const { exit, stderr } = await tidemark([...flags, ...words, log]).ended
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.equal(fs.readFileSync(at('pieces.out'), 'utf8'), whole.stdout)
    }
    fs.appendFileSync(log, rows(200, 201))
    const { exit, stderr } = await tidemark([...flags, ...words, log]).ended
    assert.equal(exit, 6)
    assert.match(
      stderr,
      /^tidemark: the job in this state has ended, and there are new rows \[E_STATE_FINISHED\]\n {2}hint: /,
    )
  })

  for (const [what, bad] of [
    ['a line that is no row', '{"ts":\n'],
    ['a line that is too long', `{"v":"${'x'.repeat(3000)}"}\n`],
  ] as const) {
    test(`${what} reaches its file with the next checkpoint, though no row comes behind it`, async () => {
      const name = what.replaceAll(' ', '-')
      const letters = at(`${name}.bad`)
      const flags = ['--state', at(`${name}.st`), '--checkpoint-interval', '20ms', '--on-error', letters, '-q']
      const { append, start } = follow(name, [...flags, '--line-limit', '2KiB'])
      append(rows(0, 2))
      const running = start()
      await running.lines(2)
      append(bad)
      const has = () => fs.existsSync(letters) && fs.readFileSync(letters, 'utf8').endsWith('\n')
      for (let waits = 0; waits < 500 && !has(); waits += 1) await sleep(20)
      assert.ok(has())
      await running.kill('SIGKILL')
      append(rows(2, 3))
      const again = start()
      await again.lines(1)
      await again.kill('SIGTERM')
      const found = fs.readFileSync(letters, 'utf8').trimEnd().split('\n')
      assert.deepEqual(
        found.map((line) => JSON.parse(line)._error.line),
        [3],
      )
    })
  }

  test('a finished job is left alone as long as its file has not grown', async () => {
    const { append, start } = follow('finished', [
      '--state',
      at('finished.st'),
      '--until',
      'rows:3',
      '-o',
      at('finished.out'),
    ])
    append(rows(0, 3))
    for (let run = 0; run < 2; run += 1) {
      const { exit, stderr } = await start().ended
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    }
    append(rows(3, 4))
    assert.equal((await start().ended).exit, 6)
    fs.writeFileSync(at('finished'), `${rows(0, 3)}no row\n`)
    assert.equal((await start().ended).exit, 3)
    const skip = ['--state', at('finished.st'), '-o', at('finished.out'), '--on-error', 'skip', ...FILTER]
    assert.equal((await tidemark([...skip, at('finished')]).ended).exit, 6)
    assert.equal(fs.readFileSync(at('finished.out'), 'utf8'), rows(0, 3))
  })
})
