import { assert } from '../../base/assert.ts'
import { jsonOf } from '../../data/value.ts'

/**
 * The fixed texts of an object with a cell for each column: before[i], cell of column order[i], …, after. Braces of the
 * row itself are not part of it.
 */
export interface RowTemplate {
  readonly before: readonly string[]
  readonly order: readonly number[]
  readonly after: string
  /** Names of the row's own members. */
  readonly names: readonly string[]
}

/** Members in the order in which their names first appear; paths with the same beginning meet in one object. */
export function rowTemplate(paths: readonly (readonly string[])[]): RowTemplate {
  const before: string[] = []
  const order: number[] = []
  let text = ''
  const root = memberTree(paths)
  const print = (branch: Branch): void => {
    let isFirst = true
    for (const [name, below] of branch) {
      text += `${isFirst ? '' : ','}${jsonOf(name)}:`
      isFirst = false
      if (typeof below === 'number') {
        before.push(text)
        order.push(below)
        text = ''
      } else {
        text += '{'
        print(below)
        text += '}'
      }
    }
  }
  print(root)
  return { before, order, after: text, names: [...root.keys()] }
}

type Branch = Map<string, Branch | number>

function memberTree(paths: readonly (readonly string[])[]): Branch {
  const root: Branch = new Map()
  paths.forEach((path, column) => {
    let branch = root
    path.forEach((name, depth) => {
      const below = branch.get(name)
      const isLeaf = depth === path.length - 1
      assert(below === undefined || (!isLeaf && typeof below !== 'number'), `two columns write ${path.join('.')}`)
      if (isLeaf) branch.set(name, column)
      else if (below === undefined) branch.set(name, (branch = new Map()))
      else branch = below as Branch
    })
  })
  return root
}
