import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { REPOSITORY } from './repository.ts'

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

const folder = mkdtempSync(join(tmpdir(), 'tidemark-package-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The build that `npm test` has made is what is packed; packing must not build again under the other tests. */
function pack(): Packed {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const answer = execFileSync('npm', words, { cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return (JSON.parse(answer) as [Packed])[0]
}

/** Files that a built file names: chunks, statically or not. */
const chunksOf = (path: string): readonly string[] =>
  (readFileSync(path, 'utf8').match(/["']\.\/[\w.-]+\.js["']/g) ?? []).map((name) => name.slice(3, -1))

describe('the package', () => {
  const packed = pack()
  const paths = packed.files.map(({ path }) => path)

  test('holds what runs and what is read, and nothing else', () => {
    const others = paths.filter((path) => !/^dist\/[\w-]+\.js$/.test(path)).sort()
    assert.deepEqual(others, [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/tidemark',
      'completion/_tidemark',
      'completion/tidemark.bash',
      'completion/tidemark.fish',
      'man/tidemark.1',
      'package.json',
    ])
    assert.equal(packed.files.find(({ path }) => path === 'bin/tidemark')?.mode, 0o755)
  })

  test('holds every chunk that is reached from the entry point, and none of an older build', () => {
    const reached = new Set(['main.js'])
    for (const name of reached) for (const chunk of chunksOf(join(REPOSITORY, 'dist', name))) reached.add(chunk)
    assert.deepEqual(
      paths.filter((path) => path.startsWith('dist/')).sort(),
      [...reached].map((name) => `dist/${name}`).sort(),
    )
    assert.deepEqual(readdirSync(join(REPOSITORY, 'dist')).sort(), [...reached].sort())
  })

  test('runs from where it is unpacked, without any other package', () => {
    execFileSync('tar', ['xzf', packed.filename], { cwd: folder })
    assert.ok(!existsSync(join(folder, 'node_modules')))
    const version = execFileSync(join(folder, 'package/bin/tidemark'), ['--version'], { encoding: 'utf8' })
    const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string }
    assert.equal(version, `tidemark ${manifest.version}\n`)
    const input = '{"ts":"2024-05-01T10:00:00Z"}\n'
    const rows = execFileSync(join(folder, 'package/bin/tidemark'), ['-t', 'ts', 'tumble', '1m'], {
      encoding: 'utf8',
      input,
    })
    assert.equal(rows, '{"window_start":"2024-05-01T10:00:00Z","window_end":"2024-05-01T10:01:00Z","count":1}\n')
  })

  test('needs no package at run time: all of them are bundled', () => {
    const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Record<string, unknown>
    assert.equal(manifest['dependencies'], undefined)
  })
})
