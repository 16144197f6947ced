// Bundles src/cli/main.ts and all it needs into dist: main.cjs, which finds out what is asked for, program.cjs, which does it, the
// compiled code of program.cjs, and more.cjs (with its own), yaml.cjs and live.mjs, which are loaded on demand. CommonJS, because an ES module as entry costs every start 4 ms.
// Silent unless something is wrong.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildChunks } from './chunks.mjs'
import { writeCodeCache } from './code-cache.mjs'
import { buildKernel } from './kernel.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/**
 * Modules that are files of their own: the client of Kafka, which few jobs need and which is large, and the memory of the kernel, which main.cjs
 * reserves before it loads the program.
 */
const OWN_CHUNKS = { 'kafka.cjs': 'src/kafka/client.ts', 'kernel-memory.cjs': 'src/formats/json/kernel-memory.ts' }
const ownChunk = {
  name: 'own chunk',
  setup(made) {
    made.onResolve({ filter: /\/(client|kernel-memory)\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind === 'entry-point') return undefined
      const wanted = join(resolveDir, path)
      const own = Object.keys(OWN_CHUNKS).find((file) => join(root, OWN_CHUNKS[file]) === wanted)
      return own && { path: `./${own}`, external: true }
    })
  },
}

/** What draws the live view is a module with a file of its own: its packages take longer to load than all the rest. */
const liveOutside = {
  name: 'live-outside',
  setup(made) {
    made.onResolve({ filter: /\/live\/screen\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './live.cjs', external: true } : undefined,
    )
  },
}

/** ink names it for developers of ink; it is not installed. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(made) {
    made.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'nothing' }))
    made.onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'export default {}' }))
  },
}

const OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: [
    './program.cjs',
    ...Object.keys(OWN_CHUNKS).map((file) => `./${file}`),
    'classic-level',
    './yaml.cjs',
    './live.cjs',
  ],
  // a file of its own: only pipeline files need it
  alias: { yaml: './yaml.cjs' },
  // code that is run by vm.Script has no import(); require() loads the packages that stay outside
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  // White space and syntax only: names stay readable in stack traces, and renaming them does not make start-up faster.
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'ascii',
  legalComments: 'none',
  define: { TIDEMARK_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  plugins: [ownChunk, liveOutside],
}

await buildKernel()

await buildChunks({ entry: 'src/cli/run-process.ts', folder: 'dist', options: OPTIONS }).catch(() => process.exit(1))

await build({
  ...OPTIONS,
  entryPoints: { main: 'src/cli/main.ts' },
  outfile: 'dist/main.cjs',
}).catch(() => process.exit(1))

await build({
  ...OPTIONS,
  alias: {},
  entryPoints: { yaml: 'yaml' },
  outfile: 'dist/yaml.cjs',
}).catch(() => process.exit(1))

for (const [file, entry] of Object.entries(OWN_CHUNKS)) {
  await build({ ...OPTIONS, entryPoints: [entry], outfile: `dist/${file}` }).catch(() => process.exit(1))
}

// These packages wait for each other while they load, which only modules can.
await build({
  ...OPTIONS,
  alias: {},
  plugins: [withoutDevtools],
  format: 'esm',
  supported: {},
  external: [],
  entryPoints: { live: 'src/cli/live/screen.ts' },
  outfile: 'dist/live.mjs',
  define: { ...OPTIONS.define, 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
}).catch(() => process.exit(1))
// a script has no import(), what it requires has
writeFileSync(
  join(dist, 'live.cjs'),
  "exports.openScreen = (terminal) => import('./live.mjs').then((live) => live.openScreen(terminal))\n",
)

const loader = await build({ ...OPTIONS, entryPoints: ['src/cli/load-program.ts'], write: false })
const written = [
  ...Object.keys(OWN_CHUNKS),
  'live.cjs',
  'live.mjs',
  'main.cjs',
  'more.cjs',
  'program.cjs',
  'yaml.cjs',
  ...(await writeCodeCache(dist, loader.outputFiles[0].text)),
]

// What an older build left behind.
for (const file of readdirSync(dist)) {
  if (!written.includes(file)) rmSync(join(dist, file), { recursive: true })
}
