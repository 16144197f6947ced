// Writes what is generated from the definitions and checked in: the manual page, the schema of pipeline files, the shells' completions. Needs a build.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each generated file and the arguments that print it. `test/docs.test.ts` compares them. */
export const GENERATED = {
  'man/tidemark.1': ['help', '--man'],
  'man/tidemark-patterns.7': ['help', 'patterns', '--man'],
  'schema/pipeline.json': ['help', '--schema'],
  'completion/tidemark.bash': ['completion', 'bash'],
  'completion/_tidemark': ['completion', 'zsh'],
  'completion/tidemark.fish': ['completion', 'fish'],
}

/** What the binary prints for a generated file. */
export function generate(file) {
  return execFileSync(process.execPath, [join(root, 'dist/main.cjs'), ...GENERATED[file]], { encoding: 'utf8' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of Object.keys(GENERATED)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), generate(file))
  }
}
