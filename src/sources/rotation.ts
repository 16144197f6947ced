import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { type FileIdentity, type FilePrint, fingerprint, fitOf, HEAD_BYTES, isSameFile } from './file-mark.ts'
import { withDescriptor } from './file-operand.ts'

/** A regular file beside a followed one. */
export interface Rotated extends FileIdentity {
  readonly path: string
  readonly size: number
  /** When it was last written to, in ns since 1970. */
  readonly modified: bigint
}

/** The regular files in the folder of `name`, without itself; none where it cannot be read. */
function filesBeside(name: string, isWanted: (file: string) => boolean): readonly Rotated[] {
  const own = basename(name)
  const found: Rotated[] = []
  for (const file of filesIn(dirname(name))) {
    if (file === own || !isWanted(file)) continue
    const path = name === own ? file : join(dirname(name), file)
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (!stats?.isFile()) continue
    const { dev, ino, size, mtimeNs } = stats
    found.push({ path, device: `${dev}`, inode: `${ino}`, size: Number(size), modified: mtimeNs })
  }
  return found
}

/**
 * The copy that was made of a file before it was cut short, by its content: one that is named as copies are before any other, and the latest of those. Logs may
 * begin alike: a file of quite another name is a copy only where much of it is the same.
 */
export function findCopy(name: string, print: FilePrint): Rotated | null {
  if (print.offset === 0) return null
  const own = basename(name)
  const stem = basename(name, extname(name))
  for (const isNamed of [
    (file: string) => isRotatedName(file, own),
    (file: string) => file.includes(stem),
    () => print.offset >= HEAD_BYTES,
  ]) {
    const copies = filesBeside(name, isNamed).filter((file) => isReadable(file.path) && isCopy(file, print))
    if (copies.length > 0) return copies.sort(byModified).at(-1)!
  }
  return null
}

const isCopy = (file: Rotated, print: FilePrint): boolean =>
  file.size >= print.offset && withFile(file, (fd) => fitOf(fd, print) === 'fits')

const withFile = <T>({ path, size }: Pick<Rotated, 'path' | 'size'>, look: (fd: number) => T): T =>
  withDescriptor({ name: path, inherited: undefined, kind: 'file', size }, look)

/**
 * The files that had `name` after the one last written to at `modified`, and have lost it since, the earliest first: those that are named as rotation
 * names them (app.log.1, app.log-20260501, app-20260501.log) and were written to later. None of `known`.
 */
export function rotatedSince(name: string, modified: bigint, known: readonly FileIdentity[]): readonly Rotated[] {
  return filesBeside(name, (file) => isRotatedName(file, basename(name)))
    .filter((file) => file.modified > modified && !known.some((one) => isSameFile(one, file)) && isReadable(file.path))
    .filter((file) => !isCopyInTheMaking(name, file))
    .sort(byModified)
}

/** Was the file that has the name just copied, and is about to be cut short? Then its rows are still in it. */
function isCopyInTheMaking(name: string, file: Rotated): boolean {
  const now = statSync(name, { bigint: true, throwIfNoEntry: false })
  if (!now?.isFile() || now.mtimeNs > file.modified || file.size === 0) return false
  const print = withFile(file, (fd) => ({ offset: file.size, ...fingerprint(fd, file.size) }))
  return (
    Number(now.size) >= file.size &&
    withFile({ path: name, size: Number(now.size) }, (fd) => fitOf(fd, print) === 'fits')
  )
}

/** A rotated file that was written to after `modified` and is there only as what a compressor made of it, which keeps its time; null: none. */
export function compressedSince(name: string, modified: bigint): Rotated | null {
  const isPacked = (file: string) => PACKED.test(file) && isRotatedName(file.replace(PACKED, ''), basename(name))
  const isAlone = ({ path }: Rotated) => !existsSync(path.replace(PACKED, ''))
  return filesBeside(name, isPacked).find((file) => file.modified > modified && isAlone(file)) ?? null
}

const PACKED = /\.(?:gz|zst|bz2|xz|lz4|Z)$/

/** Digits, perhaps with what stands between those of a date, behind the name or before its extension. */
const STAMP = /^[._-]\d[\dTZ:._-]*$/

function isRotatedName(file: string, name: string): boolean {
  if (file.startsWith(name)) return STAMP.test(file.slice(name.length))
  const extension = extname(name)
  const stem = basename(name, extension)
  if (extension === '' || !file.startsWith(stem) || !file.endsWith(extension)) return false
  return STAMP.test(file.slice(stem.length, file.length - extension.length))
}

function isReadable(path: string): boolean {
  try {
    return withDescriptor({ name: path, inherited: undefined, kind: 'file', size: 0 }, () => true)
  } catch {
    return false
  }
}

const byModified = (a: Rotated, b: Rotated): number => (a.modified < b.modified ? -1 : a.modified > b.modified ? 1 : 0)

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
