import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wantsColor } from '../../src/cli/color.ts'
import { ColoredSink } from '../../src/cli/colored-sink.ts'
import { MemorySink } from '../../src/sinks/memory.ts'

test('coloured rows are the same text with colours between', async () => {
  const memory = new MemorySink()
  const sink = new ColoredSink(memory)
  await sink.open()
  const rows = '{"a":"x \\" : 1","b":-1.5e3,"c":{"d":[null,true]}}\n{"e": "f"}\n'
  sink.write(Buffer.from(rows))
  await sink.close()
  assert.notEqual(memory.text, rows)
  assert.equal(memory.text.replace(/\x1b\[\d+m/g, ''), rows)
  assert.ok(memory.text.includes('\x1b[34m"a"\x1b[39m:\x1b[32m"x \\" : 1"\x1b[39m'))
  assert.ok(memory.text.includes('\x1b[33m-1.5e3\x1b[39m'))
})

test('colour is for terminals, unless it is asked for or refused', () => {
  const saved = { ...process.env }
  try {
    delete process.env['NO_COLOR']
    process.env['TERM'] = 'xterm'
    assert.equal(wantsColor('auto', true), true)
    assert.equal(wantsColor('auto', false), false)
    assert.equal(wantsColor('always', false), true)
    assert.equal(wantsColor('never', true), false)
    process.env['TERM'] = 'dumb'
    assert.equal(wantsColor('auto', true), false)
    process.env['TERM'] = 'xterm'
    process.env['NO_COLOR'] = '1'
    assert.equal(wantsColor('auto', true), false)
  } finally {
    process.env = saved
  }
})
