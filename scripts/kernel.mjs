// Compiles the scanner kernel (AssemblyScript, src/formats/json/kernel) and puts it, as base64, into src/formats/json/kernel-binary.ts, which
// is made and not kept in the repository. Does nothing while that file is newer than the sources. Silent unless something is wrong.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = 'src/formats/json/kernel'
const binary = join(root, 'src/formats/json/kernel-binary.ts')

const pagesFile = join(root, 'src/formats/json/kernel-pages.ts')
const [, PAGES] = /KERNEL_PAGES = (\d+)/.exec(readFileSync(pagesFile, 'utf8'))

const OPTIONS = [
  '-O3',
  '--noAssert',
  // an allocator that can free, and no garbage collection: nothing in the kernel is an object of its runtime
  ...['--runtime', 'minimal', '--use', 'abort='],
  ...['--enable', 'simd'],
  ...['--importMemory', '--initialMemory', PAGES, '--maximumMemory', PAGES],
]

const isNew = (path) => statSync(binary, { throwIfNoEntry: false })?.mtimeMs > statSync(path).mtimeMs

/** The kernel's bytes; with `--debug` among the further options, the names of its functions too. Ends the process if it does not compile. */
export async function compileKernel(...further) {
  const { default: asc } = await import('assemblyscript/asc')
  let bytes
  const { error, stderr } = await asc.main(
    [`${folder}/scan.ts`, '--baseDir', root, '--outFile', 'kernel.wasm', ...OPTIONS, ...further],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(base, name), 'utf8')
        } catch {
          return null
        }
      },
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') bytes = contents
      },
      listFiles: () => [],
    },
  )
  if (error) {
    process.stderr.write(`${stderr.toString()}${error.message}\n`)
    process.exit(1)
  }
  return bytes
}

export async function buildKernel() {
  const sources = readdirSync(join(root, folder)).map((name) => join(root, folder, name))
  if ([...sources, fileURLToPath(import.meta.url), pagesFile, join(root, 'package.json')].every(isNew)) return
  const bytes = await compileKernel()
  const text = Buffer.from(bytes).toString('base64')
  writeFileSync(
    binary,
    `/** Made by scripts/kernel.mjs: the kernel's code in base64. */\nexport const KERNEL_BINARY =\n  '${text}'\n`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernel()
