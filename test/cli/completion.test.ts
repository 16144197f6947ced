import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { completionScript, SHELLS, type Shell } from '../../src/cli/completion.ts'

const folder = mkdtempSync(join(tmpdir(), 'tidemark-completion-'))
after(() => rmSync(folder, { recursive: true }))
for (const shell of SHELLS) writeFileSync(join(folder, `script.${shell}`), completionScript(shell))
writeFileSync(join(folder, 'a b.ndjson'), '')

const VERBS =
  'filter select unnest split tee sample dedup sort top tumble hop cumulate session count-window over aggregate join enrich match'
const FILES = ['a b.ndjson', 'script.bash', 'script.fish', 'script.zsh']

/** Words before the cursor, the last one begun; what is offered. Files are those of the folder. */
const TABLE: readonly (readonly [line: string, offered: readonly string[]])[] = [
  [
    '',
    [...VERBS.split(' '), 'run', 'validate', 'explain', 'kafka', 'state', 'stop', 'functions', 'completion', 'help'],
  ],
  ['tu', ['tumble']],
  ['-t ts -q tu', ['tumble']],
  ['-t tumble ag', ['aggregate']],
  ['filter a then ', VERBS.split(' ')],
  ['explain ', VERBS.split(' ')],
  ['explain -t ts hop 5m --sl', ['--slide']],
  ['tumble ', []],
  ['tumble 5m ', ['then', ...FILES]],
  ['tumble --by k 5m sc', ['script.bash', 'script.fish', 'script.zsh']],
  ['tumble 5m --by then ', ['then', ...FILES]],
  ['filter -f x ', ['then', ...FILES]],
  ['tumble 5m -- ', FILES],
  ['tumble 5m --of', ['--offset']],
  ['--of', []],
  ['filter a --of', []],
  ['filter a then hop 5m --ev', ['--every']],
  ['--allowed', ['--allowed-lateness']],
  ['tumble 5m --water', ['--watermark-delay']],
  ['dedup --keep ', ['first', 'last']],
  ['--time-format ', ['auto', 'iso', 's', 'ms', 'us', 'ns']],
  ['--late ', ['drop', 'fail', ...FILES]],
  ['-t ', []],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['help ti', ['time']],
  ['state ', ['ls', 'show', 'verify', 'reset', 'dump', 'restore', 'plan']],
  ['state ls --j', ['--json']],
  ['state plan ', VERBS.split(' ')],
  ['state plan -t ts hop 5m --sl', ['--slide']],
  ['stop --w', ['--wait']],
  ['functions --j', ['--json']],
]

const sorted = (words: Iterable<string>) => [...new Set(words)].sort()

/** Every line of the table in one shell; each answer between marks. */
function ask(shell: Shell, program: string) {
  const { stdout, stderr, error } = spawnSync(shell, shell === 'fish' ? ['-N', '-c', program] : ['-c', program], {
    encoding: 'utf8',
    cwd: folder,
  })
  if (error) return undefined
  assert.equal(stderr, '')
  return stdout
    .split('@@\n')
    .slice(1)
    .map((text) => text.split('\n').filter((line) => line !== ''))
}

const bashWords = (line: string) =>
  line
    .split(' ')
    .map((word) => `'${word}'`)
    .join(' ')

describe('completion', () => {
  test('bash offers what may stand there', (context) => {
    const calls = TABLE.map(([line]) => {
      const count = line.split(' ').length
      return `COMP_WORDS=(tidemark ${bashWords(line)}); COMP_CWORD=${count}; _tidemark; echo @@; printf '%s\\n' "\${COMPREPLY[@]}"`
    })
    const answers = ask('bash', `source ./script.bash\n${calls.join('\n')}`)
    if (!answers) return context.skip('bash is not installed')
    TABLE.forEach(([line, offered], i) => {
      assert.deepEqual(sorted(answers[i]!), sorted(offered), line)
    })
  })

  test('bash is not confused by the words that it cuts at = and :', () => {
    const cases = [
      ['--late = f', 'fail'],
      ['--arg x = 1 tum', 'tumble'],
      ['--late fd : 3 tum', 'tumble'],
      ['--late =', 'drop'],
    ] as const
    for (const [line, first] of cases) {
      const count = line.split(' ').length
      const call = `COMP_WORDS=(tidemark ${bashWords(line)}); COMP_CWORD=${count}; _tidemark; echo @@; echo "$COMPREPLY"`
      assert.deepEqual(ask('bash', `source ./script.bash\n${call}`), [[first]], line)
    }
  })

  test('zsh offers what may stand there', (context) => {
    const stubs = `
      compadd() { shift; print -rl -- $@ }
      _describe() { local name=$4; local -a items=(\${(P)name}); local item; for item in $items; do print -r -- \${item%%:*}; done }
      _files() { [[ $1 == -/ ]] || print -rl -- *(N) }
      _message() { }
      compset() { }
      compdef() { }`
    const calls = TABLE.map(([line]) => {
      const begun = line.split(' ').at(-1)
      return `words=(tidemark ${bashWords(line)}); CURRENT=$#words; PREFIX='${begun}'; print @@; _tidemark`
    })
    const answers = ask('zsh', `${stubs}\nsource ./script.zsh\n${calls.join('\n')}`)
    if (!answers) return context.skip('zsh is not installed')
    TABLE.forEach(([line, offered], i) => {
      const begun = line.split(' ').at(-1)!
      const fitting = answers[i]!.filter((word) => word.startsWith(begun))
      assert.deepEqual(sorted(fitting), sorted(offered), line)
    })
  })

  test('fish offers what may stand there', (context) => {
    const calls = TABLE.map(([line]) => `echo @@; complete -C 'tidemark ${line}' | string replace -r '\\t.*' ''`)
    const answers = ask('fish', `source ./script.fish\n${calls.join('\n')}`)
    if (!answers) return context.skip('fish is not installed')
    TABLE.forEach(([line, offered], i) => {
      const begun = line.split(' ').at(-1)!
      const words = answers[i]!.map((word) => word.replaceAll('\\ ', ' ')).filter((word) => word.startsWith(begun))
      assert.deepEqual(sorted(words), sorted(offered), line)
    })
  })
})
