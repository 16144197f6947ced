import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { sleep, start as tidemark, workFolder } from './tidemark.ts'

const { folder, at } = workFolder()

test('a checkpoint that goes wrong ends a run whose input is silent', async () => {
  const words = ['--state', 'st', '--checkpoint-interval', 'rows:1', '-o', 'out.ndjson', 'filter', 'true']
  const running = tidemark(words, { cwd: folder })
  running.send('{"a":1}\n')
  const written = () => (fs.existsSync(at('out.ndjson')) ? fs.readFileSync(at('out.ndjson'), 'utf8') : '')
  for (let i = 0; written() !== '{"a":1}\n' && i < 200; i += 1) await sleep(50)
  fs.appendFileSync(at('out.ndjson'), 'of somebody else\n')
  running.send('{"a":2}\n')
  const { exit, stderr } = await running.ended
  assert.match(stderr, /\[E_OUTPUT_CHANGED\]/)
  assert.equal(exit, 6)
})
