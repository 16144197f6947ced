import { TidemarkError } from '../../src/base/errors.ts'
import { writeModelEpoch } from './epoch-model.ts'
import { openState } from './state-harness.ts'

/**
 * `state-child.js PATH hold`: holds a state directory open until it is killed. `PATH write EPOCHS PAGES`: writes so many epochs, as many more as there are there,
 * and says of each that it is decided; what goes wrong is the last line.
 */
const [path, task, epochs, manyPages] = process.argv.slice(2) as [string, string, string?, string?]
const say = (line: string) => process.stdout.write(`${line}\n`)

const state = await openState(path)
if (task === 'hold') {
  say('open')
  process.stdin.resume()
} else {
  const size = { manyPages: Number(manyPages) }
  const root = await state.store.root()
  const first = (root?.epoch ?? 0) + 1
  try {
    for (let epoch = first; epoch < first + Number(epochs); epoch += 1) {
      await writeModelEpoch(state.store, epoch, size)
      say(`${epoch}`)
    }
  } catch (error) {
    say(error instanceof TidemarkError ? error.render() : String(error))
  }
  await state.close()
}
