import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { type Running, sleep, start as tidemark, workFolder } from './tidemark.ts'

const { folder, at } = workFolder()

/** Longer than a file must lie still, and is looked at. */
const SETTLED = 400

/** A table of its own for each test, and `enrich` over a pipe. */
function enrich(name: string, text: string, before: readonly string[] = [], behind: readonly string[] = []) {
  const table = at(`${name}.csv`)
  fs.writeFileSync(table, text)
  const words = [...before, 'enrich', '--table', table, '--on', 'k', '--as', 't', ...behind]
  const running = tidemark(words, { cwd: folder })
  let sent = 0
  /** Sends a row, and returns what became of it. */
  const ask = async (k: string): Promise<string | null> => {
    running.send(`{"k":"${k}"}\n`)
    sent += 1
    const line = (await running.lines(sent)).split('\n')[sent - 1]!
    const { t, v } = JSON.parse(line) as { t?: { v: string } | null; v?: string | null }
    return t?.v ?? v ?? null
  }
  /** Asks until the answer is this one: the machine may be slow. */
  const becomes = async (k: string, v: string | null) => {
    for (let i = 0; i < 60; i += 1) {
      if ((await ask(k)) === v) return
      await sleep(100)
    }
    assert.fail(`${k} has not become ${v}; ${running.stderr}`)
  }
  return { table, running, ask, becomes }
}

const warned = (running: Running) => running.until(() => running.stderr.includes('W_TABLE'), 'a warning')

describe('the table of enrich', { concurrency: true }, () => {
  test('is read again when another file has taken its place', async () => {
    const { table, running, ask, becomes } = enrich('renamed', 'k,v\na,one\n')
    assert.equal(await ask('a'), 'one')
    assert.equal(await ask('b'), null)
    fs.writeFileSync(`${table}.new`, 'k,v\na,two\nb,two\n')
    fs.renameSync(`${table}.new`, table)
    await becomes('a', 'two')
    assert.equal(await ask('b'), 'two')
    assert.equal((await running.end()).stderr, '')
  })

  test('is read again for steps that want a column of it, too', async () => {
    const behind = ['then', 'select', 't.v AS v']
    const { table, running, ask, becomes } = enrich('column', 'k,v\na,one\n', [], behind)
    assert.equal(await ask('a'), 'one')
    fs.writeFileSync(`${table}.new`, 'k,v\nb,a longer text before it\na,two\n')
    fs.renameSync(`${table}.new`, table)
    await becomes('a', 'two')
    assert.equal(await ask('b'), 'a longer text before it')
    assert.equal((await running.end()).stderr, '')
  })

  test('is read again when it was written to, and never in part', async () => {
    const { table, running, ask, becomes } = enrich('grows', 'k,v\na,one\nz,one\n')
    assert.equal(await ask('z'), 'one')
    // whoever writes takes his time; every look meanwhile finds rows that could be read
    const seen = new Set<string | null>()
    let written = performance.now()
    let longest = 0
    fs.writeFileSync(table, 'k,v\n')
    for (let i = 0; i < 8; i += 1) {
      fs.appendFileSync(table, `${'abcdefgh'[i]},two\n`)
      longest = Math.max(longest, performance.now() - written)
      written = performance.now()
      seen.add(await ask('z'))
      await sleep(20)
    }
    longest = Math.max(longest, performance.now() - written)
    fs.appendFileSync(table, 'z,two\n')
    await becomes('z', 'two')
    // on a machine that stood still for so long, the file did lie still in between
    if (longest < 150) assert.deepEqual([...seen], ['one'])
    assert.equal(await ask('h'), 'two')
    assert.equal((await running.end()).stderr, '')
  })

  test('stays what it was while its file cannot be used, with a warning', async () => {
    const { table, running, ask, becomes } = enrich('broken', 'k,v\na,one\n')
    assert.equal(await ask('a'), 'one')
    fs.writeFileSync(table, 'k,v\na,two\nb\n')
    await sleep(SETTLED)
    assert.equal(await ask('a'), 'one')
    await warned(running)
    for (let i = 0; i < 5; i += 1) assert.equal(await ask('a'), 'one')
    fs.writeFileSync(table, 'k,v\na,three\n')
    await becomes('a', 'three')
    const { stderr } = await running.end()
    assert.equal(
      stderr,
      `tidemark: warning: the table '${table}' has changed, and cannot be used: bad row in a table: 1 field, the header has 2 at ${table}:3 (byte 10, column 1) [W_TABLE]
  hint: rows go on with what was read before; the file is read when it changes again
`,
    )
  })

  test('stays what it was where rows are taken back, which must be what they were', async () => {
    const { table, running, ask } = enrich('retract', 'k,v\na,one\nb,one\n', [
      'aggregate',
      '--by',
      'k',
      '--emit',
      'changes',
      'then',
    ])
    assert.equal(await ask('a'), 'one')
    fs.writeFileSync(table, 'k,v\na,two\nb,two\n')
    await sleep(SETTLED)
    assert.equal(await ask('b'), 'one')
    await sleep(SETTLED)
    running.send('{"k":"a"}\n')
    const lines = (await running.lines(4)).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({ _op, k, t }) => `${_op} ${k} ${t.v}`),
      ['+I a one', '+I b one', '-U a one', '+U a one'],
    )
    assert.equal((await running.end()).stderr.includes('W_TABLE'), false)
  })

  test('stays what it was when its file is gone, with a warning, until there is one again', async () => {
    const { table, running, ask, becomes } = enrich('gone', 'k,v\na,one\n')
    assert.equal(await ask('a'), 'one')
    fs.rmSync(table)
    for (let i = 0; !running.stderr.includes('W_TABLE') && i < 60; i += 1) {
      assert.equal(await ask('a'), 'one')
      await sleep(100)
    }
    fs.writeFileSync(table, 'k,v\na,two\n')
    await becomes('a', 'two')
    const { stderr } = await running.end()
    assert.equal(stderr.split('\n')[0], `tidemark: warning: the table '${table}' is gone [W_TABLE]`)
  })

  test('is one for the rows that it has and those that it has not', async () => {
    const table = at('both.csv')
    fs.writeFileSync(table, 'k,v\na,one\n')
    fs.writeFileSync(
      at('both.yaml'),
      `tidemark: 1
sources: { rows: { file: "-" } }
steps: [{ name: known, enrich: { table: ${table}, as: t, "on": k, kind: inner } }]
sinks: { all: { from: [known, known.unmatched], file: "-" } }
`,
    )
    const running = tidemark(['run', at('both.yaml')], { cwd: folder })
    let sent = 0
    const isKnown = async (k: string): Promise<boolean> => {
      running.send(`{"k":"${k}"}\n`)
      sent += 1
      const lines = (await running.lines(sent)).trimEnd().split('\n')
      assert.equal(lines.length, sent, 'each row comes out once')
      return 't' in JSON.parse(lines.at(-1)!)
    }
    assert.deepEqual([await isKnown('a'), await isKnown('b')], [true, false])
    fs.writeFileSync(`${table}.new`, 'k,v\nb,two\n')
    fs.renameSync(`${table}.new`, table)
    for (let i = 0; i < 60 && !(await isKnown('b')); i += 1) await sleep(100)
    assert.deepEqual([await isKnown('a'), await isKnown('b')], [false, true])
    assert.equal((await running.end()).stderr, '')
  })
})
