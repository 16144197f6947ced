// tidemark from its compiled modules instead of the bundle: in a profile every function stands in the file of its source. Needs `tsc`.
import { runProcess } from '../build/src/cli/run-process.js'

process.exit(await runProcess(process.argv.slice(2), (status) => process.exit(status)))
