import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { binaryOnPath } from './cases/workplace.ts'
import { REPOSITORY } from './repository.ts'

interface Block {
  readonly line: number
  /** What stands behind the fence: `sh`, `json`. */
  readonly info: string
  readonly text: string
}

/** A block of shell, and the block right behind it if that shows what comes out. */
interface Example {
  readonly shell: Block
  readonly output: Block | undefined
}

const SHOWS_OUTPUT = ['json', 'text']

export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  for (const match of markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, match.index).split('\n').length
    blocks.push({ line, info: match[1]!.trim(), text: match[2]! })
  }
  return blocks
}

function examplesOf(markdown: string): readonly Example[] {
  const lines = markdown.split('\n')
  const blocks = blocksOf(markdown)
  return blocks.flatMap((shell, i) => {
    if (shell.info !== 'sh') return []
    const next = blocks[i + 1]
    const end = shell.line + shell.text.split('\n').length
    const isNext =
      next && SHOWS_OUTPUT.includes(next.info) && lines.slice(end, next.line - 1).every((line) => line.trim() === '')
    return [{ shell, output: isNext ? next : undefined }]
  })
}

const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
/** Holds a copy of the example data. What sets tidemark up (npm ci) stands in the README as a block without a language. */
const folder = mkdtempSync(join(tmpdir(), 'tidemark-readme-'))
cpSync(join(REPOSITORY, 'fixtures/data'), folder, { recursive: true })
after(() => rmSync(folder, { recursive: true, force: true }))
const env = { PATH: `${binaryOnPath()}:${process.env['PATH']}`, HOME: folder }

const isSetUp = ({ shell }: Example) => /^(?:npm|npx|git clone) /m.test(shell.text)

/** Standard output and error as they come, as a reader would see them. */
function runShell(text: string): { readonly status: number | null; readonly output: string } {
  const path = join(folder, '.output')
  const file = openSync(path, 'w')
  const { status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', text], {
    cwd: folder,
    env,
    stdio: ['ignore', file, file],
    timeout: 20_000,
  })
  closeSync(file)
  return { status, output: readFileSync(path, 'utf8') }
}

describe('the blocks of the README', () => {
  const examples = examplesOf(readme)

  test('are plain sh: each is run here, none is left out', () => {
    const marked = blocksOf(readme).filter(({ info }) => /^(?:sh|bash|shell|console)\b/.test(info) && info !== 'sh')
    assert.deepEqual(
      marked.map(({ line, info }) => `README.md:${line}: ${info}`),
      [],
    )
    assert.ok(examples.length > 0)
  })

  test('leave what sets tidemark up to blocks without a language', () => {
    const setUps = examples.filter(isSetUp).map(({ shell }) => `README.md:${shell.line}`)
    assert.deepEqual(setUps, [])
  })

  // one after the other in one directory: a later block may use what an earlier one wrote
  for (const { shell, output } of examples.filter((example) => !isSetUp(example))) {
    test(`the block at line ${shell.line} runs${output ? ' and prints what the README shows' : ''}`, () => {
      const run = runShell(shell.text)
      const shown = output?.text ?? (run.status === 0 ? run.output : 'it to run')
      assert.equal(run.output, shown)
    })
  }
})
