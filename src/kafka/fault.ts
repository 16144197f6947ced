/** Errors of brokers that are told apart here, by their code in the protocol. */
export const CODE = {
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  topicAuthorization: 29,
  groupAuthorization: 30,
  clusterAuthorization: 31,
  unsupportedVersion: 35,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTransactionState: 48,
  invalidProducerIdMapping: 49,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  transactionalIdAuthorization: 53,
  unknownProducerId: 59,
  groupIdNotFound: 69,
  unsupportedCompression: 76,
  invalidRecord: 87,
  unstableOffset: 88,
  producerFenced: 90,
  unknownTopicId: 100,
} as const

/** They pass: the broker, a leader or a coordinator is on its way. KafkaErrors of Java's clients that extend RetriableException. */
const PASSING = new Set<number>([
  2,
  5,
  6,
  7,
  9,
  13,
  14,
  15,
  16,
  19,
  20,
  51,
  52,
  56,
  72,
  74,
  75,
  78,
  88,
  106,
  CODE.unknownTopicOrPartition,
])

/** Does the trouble pass by itself, so that asking again helps? */
export const isPassing = (code: number): boolean => PASSING.has(code)

/** What went wrong between us and a broker: a line that broke, a login that was refused, or an error that the broker answered. */
export class KafkaFault extends Error {
  readonly kind: 'connection' | 'certificate' | 'login' | 'answer'
  /** Of the protocol; 0 for other kinds. */
  readonly code: number

  constructor(kind: KafkaFault['kind'], message: string, code = 0) {
    super(message)
    this.kind = kind
    this.code = code
  }

  /** May the same succeed a moment later? */
  get isPassing(): boolean {
    return this.kind === 'connection' || (this.kind === 'answer' && isPassing(this.code))
  }
}

/** Throws the fault of an answer; 0 is none. `what` was asked. */
export function check(code: number, what: string): void {
  if (code !== 0) throw new KafkaFault('answer', `${what}: ${nameOf(code)}`, code)
}

/** Likewise of an answer with several codes: the first that does not pass counts, else the first. */
export const checkEach =
  (what: string) =>
  (codes: readonly number[]): void => {
    const wrong = codes.filter((code) => code !== 0)
    check(wrong.find((code) => !isPassing(code)) ?? wrong[0] ?? 0, what)
  }

/** As the protocol calls it, for messages. */
export function nameOf(code: number): string {
  const name = Object.entries(CODE).find(([, value]) => value === code)?.[0]
  return name === undefined ? `error ${code}` : name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** Of what kafkajs or the system throws. Nothing of a login gets into the message. */
export function faultOf(error: unknown, place: string): KafkaFault {
  if (error instanceof KafkaFault) return error
  const { name, type, code, message } = error as { name?: string; type?: string; code?: unknown; message?: string }
  if (
    name === 'KafkaJSSASLAuthenticationError' ||
    type === 'SASL_AUTHENTICATION_FAILED' ||
    type === 'ILLEGAL_SASL_STATE'
  )
    return new KafkaFault('login', `${place} refused the login`)
  if (typeof code === 'string' && /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code))
    return new KafkaFault('certificate', `no trusted TLS with ${place}: ${code}`)
  if (/alert (?:certificate|handshake|bad|unknown)/.test(message ?? ''))
    return new KafkaFault('certificate', `${place} wants another certificate`)
  if (error instanceof RangeError) return new KafkaFault('answer', `${place} answered what is not Kafka's protocol`, -1)
  return new KafkaFault('connection', `${place}: ${typeof code === 'string' ? code : reasonOf(name, message)}`)
}

const REASONS: Readonly<Record<string, string>> = {
  KafkaJSRequestTimeoutError: 'no answer in time',
  KafkaJSConnectionClosedError: 'the connection was closed',
  KafkaJSServerDoesNotSupportApiKey: 'it speaks another protocol',
}

const reasonOf = (name: string | undefined, message: string | undefined): string =>
  REASONS[name ?? ''] ?? (/time-?out/i.test(message ?? '') ? 'no answer in time' : 'the connection broke')
