import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KafkaPlace } from '../../../src/connectors/kafka.ts'
import { readPipeline } from '../../../src/frontend/yaml/read-pipeline.ts'
import { planPipeline } from '../../../src/frontend/yaml/to-plan.ts'

const SOURCE = 'brokers: "b1:9092", topic: in, tls: true, login: plain, user: reader, password-file: pass'

/** What a file says of the cluster that its sink goes to. */
function clusterOf(sink: string): Partial<KafkaPlace> {
  const text = `tidemark: 1
sources: { a: { kafka: { ${SOURCE} } } }
sinks: { out: { kafka: { ${sink} } } }
`
  const environment = { variable: () => undefined, readText: () => '', resolve: (path: string) => path }
  const none = new Set<string>()
  const pipeline = readPipeline({ path: 'p.yaml', text }, environment, { inputs: none, sinks: none, args: none })
  const settings = { uses: [], inputs: new Map(), outputs: new Map(), readText: () => '' }
  const { output } = planPipeline(pipeline, settings).sinks[0]!
  assert.equal(output.kind, 'kafka')
  const { brokers, tls, login, user, passwordFile } = output.sink.place
  return { brokers, tls, login, user, passwordFile }
}

const own = { brokers: ['b1:9092'], tls: true, login: 'plain', user: 'reader', passwordFile: 'pass' }

test('a sink without brokers reaches the cluster of the sources as they do', () => {
  assert.deepEqual(clusterOf('topic: out'), own)
})

test('what it says itself counts', () => {
  const sink = 'topic: out, user: writer, password-file: other'
  assert.deepEqual(clusterOf(sink), { ...own, user: 'writer', passwordFile: 'other' })
})

test('a sink that names its brokers gets nothing of the sources, their passwords least of all', () => {
  const none = { tls: false, login: null, user: null, passwordFile: null }
  assert.deepEqual(clusterOf('topic: out, brokers: "b2:9092"'), { ...none, brokers: ['b2:9092'] })
})
