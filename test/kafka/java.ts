import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { REPOSITORY } from '../repository.ts'
import { type Broker, jarsOf, RELEASES } from './broker.ts'

/** Runs Apache Kafka's own client (JavaClient.java says how) from its source, and returns its lines. Throws what it prints where it fails. */
export function javaClient(
  mode: 'produce' | 'consume',
  broker: Broker,
  topic: string,
  input: readonly string[] = [],
): readonly string[] {
  const words = ['-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', `${jarsOf(RELEASES[0])}/*`]
  const source = join(REPOSITORY, 'test/kafka/JavaClient.java')
  const { stdout, stderr, status } = spawnSync('java', [...words, source, mode, broker.address, topic], {
    input: input.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`JavaClient ${mode}: ${stderr}`)
  return stdout.split('\n').slice(0, -1)
}
