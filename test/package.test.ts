import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

describe('the package', () => {
  const packed = pack()
  const paths = packed.files.map(({ path }) => path)

  test('holds what runs and what is read, and nothing else', () => {
    const others = paths.filter((path) => !path.startsWith('dist/')).sort()
    assert.deepEqual(others, [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/package.json',
      'bin/tidemark',
      'completion/_tidemark',
      'completion/tidemark.bash',
      'completion/tidemark.fish',
      'man/tidemark-patterns.7',
      'man/tidemark.1',
      'package.json',
      'schema/pipeline.json',
    ])
    assert.equal(packed.files.find(({ path }) => path === 'bin/tidemark')?.mode, 0o755)
  })

  test('holds the program, its compiled code for this Node, and nothing of an older build', () => {
    const chunks = ['kafka.cjs', 'kernel-memory.cjs', 'live.cjs', 'main.cjs', 'more.cjs', 'program.cjs', 'yaml.cjs']
    const caches = ['more', 'program'].map((name) => `${name}-${process.version}-${process.arch}.cache`)
    const built = [...chunks, ...caches, 'live.mjs'].sort()
    assert.deepEqual(
      paths.filter((path) => path.startsWith('dist/')).sort(),
      built.map((name) => `dist/${name}`),
    )
    assert.deepEqual(readdirSync(join(REPOSITORY, 'dist')).sort(), built)
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

  test('runs the same where the compiled code is for another V8, cut short, or missing', () => {
    execFileSync('tar', ['xzf', packed.filename], { cwd: folder })
    const compiled = join(folder, 'package/dist', `program-${process.version}-${process.arch}.cache`)
    const code = readFileSync(compiled)
    const otherVersion = Buffer.from(code)
    otherVersion.writeUInt32LE(~otherVersion.readUInt32LE(4) >>> 0, 4) // V8's hash of its version, behind a magic number
    const run = () => {
      const words = [join(folder, 'package/bin/tidemark'), 'filter', 'a = 2']
      const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', input: '{"a":1}\n{"a":2}\n' })
      assert.deepEqual({ stdout, stderr }, { stdout: '{"a":2}\n', stderr: '' })
    }
    for (const broken of [otherVersion, code.subarray(0, code.length >> 1), Buffer.alloc(0)]) {
      writeFileSync(compiled, broken)
      run()
    }
    rmSync(compiled)
    run()
  })

  test('needs one package at run time, for state on disk: all others are bundled', () => {
    const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Record<string, unknown>
    assert.deepEqual(Object.keys(manifest['dependencies'] as object), ['classic-level'])
  })
})
