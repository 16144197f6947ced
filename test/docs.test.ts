import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from './repository.ts'

interface DocsScript {
  readonly GENERATED: Readonly<Record<string, readonly string[]>>
  generate(file: string): string
}

const { GENERATED, generate } = (await import(pathToFileURL(join(REPOSITORY, 'scripts/docs.mjs')).href)) as DocsScript

for (const file of Object.keys(GENERATED)) {
  test(`${file} is what the definitions give; if not: npm run docs`, () => {
    assert.equal(readFileSync(join(REPOSITORY, file), 'utf8'), generate(file))
  })
}

test('bash takes the completion', () => {
  execFileSync('bash', ['-n', join(REPOSITORY, 'completion/tidemark.bash')])
})
