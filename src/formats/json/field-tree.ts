/** A member name that the scanner looks for: which fields end here, and which members below it are asked for. */
export interface FieldNode {
  readonly name: string
  /** The name with its quotes, as bytes; compared with what stands in the line. */
  readonly quoted: Buffer
  /** Fields whose path ends here. Several when a field is asked in several encodings. */
  readonly fields: readonly number[]
  /** Fields whose path ends below: forgotten when the member comes again, since its last appearance counts whole. */
  readonly fieldsBelow: readonly number[]
  readonly members: MemberTable
}

const BUCKETS = 64

/** The members of one object that are asked for. Found by bytes; by text only where a name is written with escapes. */
export class MemberTable {
  readonly size: number
  readonly #buckets: (readonly FieldNode[] | undefined)[]
  readonly #byName: ReadonlyMap<string, FieldNode>

  constructor(nodes: readonly FieldNode[]) {
    this.size = nodes.length
    this.#byName = new Map(nodes.map((node) => [node.name, node]))
    const buckets: FieldNode[][] = Array.from({ length: BUCKETS }, () => [])
    for (const node of nodes) buckets[bucketOf(node.quoted, 1, node.quoted.length - 1)]!.push(node)
    this.#buckets = buckets.map((bucket) => (bucket.length === 0 ? undefined : bucket))
  }

  /** The node of the name at bytes [start, end), which stands between quotes and has no escapes. */
  find(bytes: Buffer, start: number, end: number): FieldNode | undefined {
    const bucket = this.#buckets[bucketOf(bytes, start, end)]
    if (bucket === undefined) return undefined
    for (let n = 0; n < bucket.length; n += 1) {
      const quoted = bucket[n]!.quoted
      if (quoted.length !== end - start + 2) continue
      let i = 1
      while (i < quoted.length && quoted[i] === bytes[start + i - 1]) i += 1
      if (i === quoted.length) return bucket[n]
    }
    return undefined
  }

  findText(name: string): FieldNode | undefined {
    return this.#byName.get(name)
  }
}

/** Length and both ends tell the few names of a row apart well enough. An empty name sees its two quotes. */
const bucketOf = (bytes: Buffer, start: number, end: number): number =>
  (end - start + bytes[start]! * 7 + bytes[end - 1]! * 5) & (BUCKETS - 1)

/** The root's members for fields with these paths; field i is `paths[i]`. */
export function fieldTree(paths: readonly (readonly string[])[]): MemberTable {
  return membersAt(
    paths.map((path, field) => ({ path, field })),
    0,
  )
}

interface Asked {
  readonly path: readonly string[]
  readonly field: number
}

function membersAt(asked: readonly Asked[], depth: number): MemberTable {
  const byName = new Map<string, Asked[]>()
  for (const one of asked) {
    const name = one.path[depth]!
    const same = byName.get(name)
    if (same) same.push(one)
    else byName.set(name, [one])
  }
  return new MemberTable(
    [...byName].map(([name, same]) => {
      const below = same.filter(({ path }) => path.length > depth + 1)
      return {
        name,
        quoted: Buffer.from(`"${name}"`),
        fields: same.filter(({ path }) => path.length === depth + 1).map(({ field }) => field),
        fieldsBelow: below.map(({ field }) => field),
        members: membersAt(below, depth + 1),
      }
    }),
  )
}
