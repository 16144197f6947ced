// Bundles src/cli/main.ts and all it needs into dist. One file a command where code asks for it with import(), so that start-up reads
// only what a command line needs. Silent unless something is wrong.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildKernel } from './kernel.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/**
 * CommonJS packages call `require('node:events')`, which an ES module does not have. Built-in modules are taken from the process instead:
 * a banner with createRequire would cost every start the loading of node:module.
 */
const builtinsOfCommonJs = {
  name: 'builtins-of-common-js',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'builtin' } : { path, external: true },
    )
    bundle.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}

await buildKernel()

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // White space and syntax only: names stay readable in stack traces, and renaming them does not make start-up faster.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  define: { TIDEMARK_VERSION: JSON.stringify(version) },
  chunkNames: '[name]-[hash]',
  plugins: [builtinsOfCommonJs],
  logLevel: 'warning',
  metafile: true,
}).catch(() => process.exit(1))

// What an older build left behind: names of chunks carry a hash.
const written = new Set(Object.keys(metafile.outputs))
for (const file of readdirSync(join(root, 'dist'))) {
  if (!written.has(`dist/${file}`)) rmSync(join(root, 'dist', file), { recursive: true })
}
