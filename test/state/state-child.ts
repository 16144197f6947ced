import { openState } from './state-harness.ts'

/** `state-child.js PATH hold`: holds a state directory open until it is killed. */
const [path, task] = process.argv.slice(2) as [string, string]

if (task === 'hold') {
  await openState(path)
  process.stdout.write('open\n')
  process.stdin.resume()
}
