import { after, test } from 'node:test'
import { cannotRun } from '../skip.ts'
import { missing, RELEASES } from './broker.ts'
import { removeSharedBroker } from './shared-broker.ts'
import './java-suite.ts'
import './partitions-suite.ts'
import './refusals-suite.ts'
import './source-suite.ts'

// one process and one broker: the suites use topics of their own
after(removeSharedBroker)

test('a broker is there for these tests', (t) => {
  const why = missing(RELEASES[0])
  if (why !== null) cannotRun(t, why)
})
