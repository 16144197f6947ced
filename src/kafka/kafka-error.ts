import { TidemarkError } from '../base/errors.ts'
import { CODE, KafkaFault } from './fault.ts'

const LOGIN_HINT = 'check --kafka-login, --kafka-user and the file with the password'
const TLS_HINT =
  'name the certificate of its authority: --kafka-ca ca.pem; and by mutual TLS ours: --kafka-certificate, --kafka-private-key'

/** What went wrong with a cluster, for its user. Nothing of a secret is in it. */
export function kafkaError(error: unknown, cluster: string): unknown {
  if (!(error instanceof KafkaFault)) return error
  const { kind, code, message } = error
  const details = { cause: error }
  if (kind === 'login') return new TidemarkError('E_KAFKA_REFUSED', message, { ...details, hint: LOGIN_HINT })
  if (kind === 'certificate') return new TidemarkError('E_KAFKA_REFUSED', message, { ...details, hint: TLS_HINT })
  if (kind === 'answer' && AUTHORIZATION.has(code)) {
    const hint = 'its administrator has to allow what the job does: see tidemark help kafka'
    return new TidemarkError('E_KAFKA_REFUSED', `${cluster} does not allow it: ${message}`, { ...details, hint })
  }
  if (kind === 'answer' && code === CODE.corruptMessage)
    return new TidemarkError('E_KAFKA_DATA', `${cluster}: ${message}`, details)
  if (error.isPassing) {
    const hint =
      'is it running, and does it speak the same (TLS or not)? try again later: a run with --state goes on where it was'
    return new TidemarkError('E_KAFKA_UNREACHABLE', `no answer from Kafka at ${cluster} (${message})`, {
      ...details,
      hint,
    })
  }
  return new TidemarkError('E_KAFKA_ANSWER', `Kafka at ${cluster} cannot do it: ${message}`, details)
}

const AUTHORIZATION = new Set<number>([
  CODE.topicAuthorization,
  CODE.groupAuthorization,
  CODE.clusterAuthorization,
  CODE.transactionalIdAuthorization,
])
