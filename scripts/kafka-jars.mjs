// Fetches Apache Kafka's own server for the tests: kafka_2.13 of a release and all that it needs, by Maven, into a cache folder outside the
// repository, each file checked against fixtures/kafka/RELEASE.sha256. `node scripts/kafka-jars.mjs RELEASE` prints the folder; with
// `--record` it writes the checksums of what Maven brought instead of checking them. `--streams`: Kafka Streams, for the benchmark, instead.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const fixtures = fileURLToPath(new URL('../fixtures/kafka', import.meta.url))
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark-kafka')

const project = (artifact, release) => `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.tidemark</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${release}</version>
    </dependency>
  </dependencies>
</project>
`

const checksum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** One line a file, as sha256sum writes it. */
const checksumsOf = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => `${checksum(join(folder, name))}  ${name}\n`)
    .join('')

/** The folder with the jars of a release. Throws with the reason where they cannot be had. */
export function kafkaJars(release, { record = false, streams = false } = {}) {
  const name = streams ? `${release}-streams` : release
  const folder = join(cache, name)
  const known = join(fixtures, `${name}.sha256`)
  if (existsSync(folder) && !record) return folder
  mkdirSync(cache, { recursive: true })
  const fetched = mkdtempSync(join(cache, 'fetching-'))
  try {
    const pom = join(fetched, 'pom.xml')
    writeFileSync(pom, project(streams ? 'kafka-streams' : 'kafka_2.13', release))
    const words = ['-q', '-B', '-C', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime']
    execFileSync('mvn', [...words, `-DoutputDirectory=${join(fetched, 'lib')}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const found = checksumsOf(join(fetched, 'lib'))
    if (record) writeFileSync(known, found)
    else if (found !== readFileSync(known, 'utf8')) throw new Error(`the jars are not those of ${known}`)
    rmSync(folder, { recursive: true, force: true })
    try {
      renameSync(join(fetched, 'lib'), folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // else another process was faster
    }
    return folder
  } finally {
    rmSync(fetched, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2)
  const release = words.find((word) => !word.startsWith('-'))
  const options = { record: words.includes('--record'), streams: words.includes('--streams') }
  process.stdout.write(`${kafkaJars(release, options)}\n`)
}
