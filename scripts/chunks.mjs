// Bundles the program as two files: program.cjs has what the entry imports, directly or not, and more.cjs what is reached by import() only.
// So what a run needs is one file with one piece of compiled code, and what few need costs the others nothing. A file is in one of them
// only: more.cjs is a function of the files of program.cjs that it needs, and program.cjs calls it when it first comes to an import().
import { build } from 'esbuild'

const PARAMETERS = 'exports, require, module, __filename, __dirname'

// As a module each runs; as a script, which has no `module`, its value is the function to run: see src/cli/load-program.ts.
const OPENING = `((run) => (typeof module === 'object' ? run(${PARAMETERS}) : run))((function (${PARAMETERS}) {`
const CLOSING = '}))'

const PROGRAM = {
  banner: `${OPENING}
let chunk
const loadMore = (file) => (chunk ??= require('./more.cjs')(module.exports.files))[file]()
`,
  footer: CLOSING,
}

const MORE = {
  banner: `${OPENING} module.exports = (program) => { const module = { exports: {} }`,
  footer: `return module.exports }${CLOSING}`,
}

/** Writes program.cjs and more.cjs into `folder`. `entry` is a path from the root, its exports are those of program.cjs. */
export async function buildChunks({ entry, folder, options }) {
  const { inputs } = (await build({ ...options, entryPoints: [entry], outdir: folder, write: false, metafile: true }))
    .metafile
  const importsOf = (file, onDemand) =>
    inputs[file].imports
      .filter(({ kind, external, path }) => (kind === 'dynamic-import') === onDemand && !external && path in inputs)
      .map(({ path }) => path)
  const inProgram = closure([entry], (file) => importsOf(file, false))
  const others = Object.keys(inputs).filter((file) => !inProgram.has(file))
  const shared = others.flatMap((file) => importsOf(file, false)).filter((file) => inProgram.has(file))
  const asked = [...inProgram].flatMap((file) => importsOf(file, true)).filter((file) => !inProgram.has(file))
  const namesOf = await exportsOf(shared, options)
  const plugin = crossings({ root: options.absWorkingDir, inProgram, namesOf })
  const write = (name, contents, { banner, footer }) =>
    build({
      ...options,
      stdin: { contents, resolveDir: options.absWorkingDir },
      outfile: `${folder}/${name}`,
      plugins: [...(options.plugins ?? []), plugin],
      banner: { js: banner },
      footer: { js: footer },
    })
  await write('program.cjs', programText(entry, new Set(shared)), PROGRAM)
  await write('more.cjs', moreText(new Set(asked)), MORE)
}

const quote = JSON.stringify

function programText(entry, shared) {
  const names = [...shared].sort()
  const imports = names.map((file, i) => `import * as file${i} from ${quote(`./${file}`)}\n`).join('')
  const entries = names.map((file, i) => `${quote(file)}: file${i}`).join(', ')
  return `export * from ${quote(`./${entry}`)}\n${imports}export const files = { ${entries} }\n`
}

const moreText = (asked) =>
  `module.exports = { ${[...asked].sort().map((file) => `${quote(file)}: () => require(${quote(`./${file}`)})`)} }`

function closure(entries, next) {
  const found = new Set(entries)
  for (const file of found) for (const other of next(file)) found.add(other)
  return found
}

/** What our own files export, by file. */
async function exportsOf(files, { absWorkingDir }) {
  const entryPoints = [...new Set(files)].filter((file) => file.startsWith('src/'))
  const options = {
    absWorkingDir,
    entryPoints,
    outdir: 'dist',
    outbase: '.',
    format: 'esm',
    write: false,
    metafile: true,
  }
  const { outputs } = (await build(options)).metafile
  return new Map(Object.values(outputs).map(({ entryPoint, exports }) => [entryPoint, exports]))
}

/** Turns imports from one chunk into the other into calls: a file is in program.cjs, or it is asked for by import(). */
function crossings({ root, inProgram, namesOf }) {
  return {
    name: 'crossings',
    setup(made) {
      made.onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === 'inner' || kind === 'entry-point') return undefined
        const { path: found, external } = await made.resolve(path, { kind, importer, resolveDir, pluginData: 'inner' })
        if (external || !found.startsWith(root)) return undefined
        const file = found.slice(root.length).replace(/^\//, '')
        const isInMore = made.initialOptions.outfile.endsWith('more.cjs')
        if (isInMore && inProgram.has(file)) return { path: file, namespace: 'program' }
        if (!isInMore && kind === 'dynamic-import' && !inProgram.has(file)) return { path: file, namespace: 'more' }
        return undefined
      })
      // as variables of the chunk: members of a module cost a call each time they are named
      made.onLoad({ filter: /./, namespace: 'program' }, ({ path }) => ({
        contents: namesOf.has(path)
          ? `export const { ${namesOf.get(path).join(', ')} } = program[${quote(path)}]`
          : `module.exports = program[${quote(path)}]`,
      }))
      made.onLoad({ filter: /./, namespace: 'more' }, ({ path }) => ({
        contents: `module.exports = loadMore(${quote(path)})`,
      }))
    },
  }
}
