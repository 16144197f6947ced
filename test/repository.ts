import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checkout. Tests run with it as the current directory, wherever they were compiled to. */
export const REPOSITORY = process.cwd()

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { name: string }
if (manifest.name !== 'tidemark') throw new Error('tests run from the root of the checkout')
