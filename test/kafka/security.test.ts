import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import kafkajs from 'kafkajs'
import { KAFKA_RIGHTS } from '../../src/connectors/kafka-rights.ts'
import { Broker, missing, USER } from './broker.ts'
import { consume, produce, run, start } from './run.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
const why = missing('4.3.1') ?? (spawnSync('openssl', ['version']).status === 0 ? null : 'there is no openssl')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-security-'))
const file = (name: string) => join(folder, name)
let broker: Broker

/** What no right is told of is open to all; our own unencrypted listener may do anything. */
const ACCESS_CONTROL = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
  'super.users': 'User:ANONYMOUS',
}

const LISTENERS = {
  BOTH: { protocol: 'SASL_SSL', isMutual: true },
  LOGIN: { protocol: 'SASL_SSL', isMutual: false },
  OPENLOGIN: { protocol: 'SASL_PLAINTEXT', isMutual: false },
  TLS: { protocol: 'SSL', isMutual: false },
  MUTUAL: { protocol: 'SSL', isMutual: true },
} as const

/** An authority, and two certificates that it has signed: the broker's and ours. */
function makeCertificates(): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=ca',
  )
  writeFileSync(file('san'), 'subjectAltName=DNS:localhost')
  for (const name of ['broker', 'client']) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san', '-days', '2']
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`)
  }
  writeFileSync(
    file('keystore.pem'),
    readFileSync(file('broker.key'), 'utf8') + readFileSync(file('broker.pem'), 'utf8'),
  )
}

describe('a broker with TLS and logins', { skip: why !== null && process.env['CI'] !== 'true' ? why : false }, () => {
  before(async () => {
    assert.equal(why, null)
    makeCertificates()
    writeFileSync(file('password'), `${USER.password}\n`)
    writeFileSync(file('wrong'), 'secret-that-is-wrong\n')
    const tls = { keystore: file('keystore.pem'), truststore: file('ca.pem') }
    broker = await Broker.start({ tls, listeners: LISTENERS, properties: ACCESS_CONTROL })
    await broker.createTopic('safe')
    await broker.createTopic('out')
    await produce(broker, 'safe', [{ value: '{"n":1}' }])
  })
  after(async () => {
    await broker?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const tls = () => [
    '--kafka-ca',
    file('ca.pem'),
    '--kafka-certificate',
    file('client.pem'),
    '--kafka-private-key',
    file('client.key'),
  ]
  const login = (mechanism: string) => ['--kafka-login', mechanism, '--kafka-user', USER.username]
  const password = () => ['--kafka-password-file', file('password')]
  const read = () => ['--kafka', broker.addressOf('BOTH'), '--topic', 'safe', '--until', 'latest']

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
    test(`rows come and go over mutual TLS with ${mechanism}`, async () => {
      const sink = [
        '--to-kafka',
        broker.addressOf('BOTH'),
        '--to-topic',
        'out',
        '--job',
        mechanism,
        '--state',
        file(mechanism),
      ]
      const before = (await consume(broker, 'out')).length
      const ended = await run([...read(), ...tls(), ...login(mechanism), ...password(), ...sink, 'filter', 'true'])
      assert.equal(ended.exit, 0, ended.stderr)
      assert.equal((await consume(broker, 'out')).length, before + 1)
    })
  }

  test('no more is needed than the broker asks for: a login, TLS, certificates, or some of them', async () => {
    const authority = ['--kafka-ca', file('ca.pem')]
    const logins = [...login('scram-sha-256'), ...password()]
    for (const [listener, flags] of [
      ['LOGIN', [...authority, ...logins]],
      ['OPENLOGIN', logins],
      ['TLS', authority],
      ['MUTUAL', tls()],
    ] as const) {
      const at = broker.addressOf(listener)
      const words = ['--kafka', at, '--topic', 'safe', '--until', 'latest', ...flags, 'filter', 'true']
      const ended = await run(words)
      assert.equal(ended.stdout, '{"n":1}\n', `${listener}: ${ended.stderr}`)
    }
  })

  test('secrets may come from files that the environment names, or from systemd', async () => {
    const named = {
      TIDEMARK_KAFKA_PASSWORD_FILE: file('password'),
      TIDEMARK_KAFKA_CA_FILE: file('ca.pem'),
      TIDEMARK_KAFKA_CERTIFICATE_FILE: file('client.pem'),
      TIDEMARK_KAFKA_PRIVATE_KEY_FILE: file('client.key'),
    }
    const ended = await run([...read(), ...login('scram-sha-512'), 'filter', 'true'], named)
    assert.equal(ended.stdout, '{"n":1}\n', ended.stderr)
    writeFileSync(file('kafka-password'), USER.password)
    const credential = await run([...read(), ...tls(), ...login('scram-sha-256'), 'filter', 'true'], {
      CREDENTIALS_DIRECTORY: folder,
    })
    assert.equal(credential.stdout, '{"n":1}\n', credential.stderr)
  })

  test('a wrong password, a stranger certificate and none are refused, and no secret is told', async () => {
    const [wrong, stranger, bare, plain] = await Promise.all([
      run([...read(), ...tls(), ...login('scram-sha-256'), '--kafka-password-file', file('wrong'), 'filter', 'true']),
      run([...read(), '--kafka-tls', ...login('plain'), ...password(), 'filter', 'true']),
      run([...read(), '--kafka-ca', file('ca.pem'), ...login('plain'), ...password(), 'filter', 'true']),
      run([...read(), ...login('plain'), ...password(), 'filter', 'true']),
    ])
    assert.match(wrong.stderr, /localhost:\d+ refused the login \[E_KAFKA_REFUSED\]/)
    assert.equal(wrong.exit, 2)
    assert.doesNotMatch(wrong.stderr, /secret-that/)
    assert.match(stranger.stderr, /no trusted TLS with localhost:\d+: \w+ \[E_KAFKA_REFUSED\]/)
    assert.match(bare.stderr, /E_KAFKA_(?:REFUSED|UNREACHABLE)/)
    assert.match(plain.stderr, /E_KAFKA_UNREACHABLE/)
    for (const { stderr } of [wrong, stranger, bare, plain]) assert.ok(!stderr.includes(USER.password))
  })

  test('no secret is in the list of processes, in explain or in the state', async () => {
    const state = ['--state', file('st')]
    const running = start([
      ...read().slice(0, 4),
      ...state,
      ...tls(),
      ...login('scram-sha-512'),
      ...password(),
      'filter',
      'true',
    ])
    await running.hasWritten
    const words = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8')
    const environment = readFileSync(`/proc/${running.child.pid}/environ`, 'utf8')
    running.child.kill('SIGTERM')
    const ended = await running.ended
    assert.equal(ended.exit, 0, ended.stderr)
    const explained = await run([
      'explain',
      ...read(),
      ...tls(),
      ...login('scram-sha-512'),
      ...password(),
      'filter',
      'true',
    ])
    assert.equal(explained.exit, 0, explained.stderr)
    for (const text of [words, environment, explained.stdout, ended.stderr]) assert.ok(!text.includes(USER.password))
    assert.notEqual(spawnSync('grep', ['-rq', USER.password, file('st')]).status, 0)
  })

  test('the rights that the help lists are enough, and none of them is too many', async () => {
    const names: Readonly<Record<string, string>> = {
      'each --topic': 'allowed-in',
      '--to-topic': 'allowed-out',
      '--group': 'allowed-group',
      'tidemark.JOB.SINK': 'tidemark.allowed.rows',
    }
    const rights = KAFKA_RIGHTS.filter(({ need }) => need !== 'sink').flatMap(({ need, operations, resource, name }) =>
      operations.map((operation) => ({ need, operation, resource, name: names[name]! })),
    )
    for (const topic of ['allowed-in', 'allowed-out']) await broker.createTopic(topic)
    await produce(broker, 'allowed-in', [{ value: '{"n":1}' }])
    // a right of somebody else closes what would be open to all
    await allow(rights, 'nobody')
    const words = (state: string) => [
      ...[
        '--kafka',
        broker.addressOf('BOTH'),
        '--topic',
        'allowed-in',
        '--until',
        'latest',
        '--group',
        'allowed-group',
      ],
      ...[
        '--to-kafka',
        broker.addressOf('BOTH'),
        '--to-topic',
        'allowed-out',
        '--job',
        'allowed',
        '--state',
        file(state),
      ],
      ...['--allow-rewind', ...tls(), ...login('plain'), ...password(), 'filter', 'true'],
    ]
    for (const [i, missing] of rights.entries()) {
      const others = rights.filter((right) => right !== missing)
      await allow(others, USER.username)
      const { stderr, exit } = await run(words(`without-${i}`))
      const what = `without ${missing.operation} of ${missing.resource} ${missing.name}: ${stderr}`
      if (missing.need === 'group') {
        assert.match(
          stderr,
          /does not take offsets for monitors: .*group allowed-group: group authorization \[W_KAFKA_GROUP\]/,
        )
        assert.equal(exit, 0, what)
      } else {
        assert.match(
          stderr,
          /does not allow it: .* authorization \[E_KAFKA_REFUSED\]\n {2}hint: .* tidemark help kafka/,
          what,
        )
        assert.equal(exit, 2, what)
      }
      await takeBack(USER.username)
    }
    await allow(rights, USER.username)
    const ended = await run(words('with-all'))
    assert.deepEqual({ exit: ended.exit, stderr: ended.stderr }, { exit: 0, stderr: '' })
    await takeBack(USER.username)
    const [reading, writing] = [
      { operation: 'Read', resource: 'Topic', name: 'allowed-in' },
      { operation: 'Write', resource: 'Topic', name: 'allowed-out' },
    ] as const
    await allow([reading, writing], USER.username)
    const least = await run([
      ...['--kafka', broker.addressOf('BOTH'), '--topic', 'allowed-in', '--until', 'latest'],
      ...['--to-kafka', broker.addressOf('BOTH'), '--to-topic', 'allowed-out'],
      ...[...tls(), ...login('plain'), ...password(), 'filter', 'true'],
    ])
    assert.deepEqual({ exit: least.exit, stderr: least.stderr }, { exit: 0, stderr: '' })
  })
})

interface Right {
  readonly operation: 'Read' | 'Write'
  readonly resource: 'Topic' | 'Group' | 'TransactionalId'
  readonly name: string
}

const RESOURCES = {
  Topic: AclResourceTypes.TOPIC,
  Group: AclResourceTypes.GROUP,
  TransactionalId: AclResourceTypes.TRANSACTIONAL_ID,
}
const OPERATIONS = { Read: AclOperationTypes.READ, Write: AclOperationTypes.WRITE }

async function allow(rights: readonly Right[], user: string): Promise<void> {
  const acl = rights.map(({ operation, resource, name }) => ({
    resourceType: RESOURCES[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }))
  await broker.admin((admin) => admin.createAcls({ acl }))
}

async function takeBack(user: string): Promise<void> {
  await broker.admin((admin) =>
    admin.deleteAcls({
      filters: [
        {
          resourceType: AclResourceTypes.ANY,
          resourcePatternType: ResourcePatternTypes.ANY,
          principal: `User:${user}`,
          operation: AclOperationTypes.ANY,
          permissionType: AclPermissionTypes.ANY,
        },
      ],
    }),
  )
}
