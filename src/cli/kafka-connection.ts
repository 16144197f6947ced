import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TidemarkError } from '../base/errors.ts'
import type { KafkaPlace } from '../connectors/kafka.ts'
import type { KafkaConnection } from '../kafka/connection.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the files of secrets. Nothing but their names gets into a message. Throws E_KAFKA_REFUSED where one is missing. */
export function connectionTo(place: KafkaPlace, environment: Environment): KafkaConnection {
  const ca = secret(place.ca, 'TIDEMARK_KAFKA_CA_FILE', environment)
  const certificate = secret(place.certificate, 'TIDEMARK_KAFKA_CERTIFICATE_FILE', environment)
  const key = secret(place.privateKey, 'TIDEMARK_KAFKA_PRIVATE_KEY_FILE', environment)
  return {
    brokers: place.brokers,
    clientId: 'tidemark',
    tls: place.tls || ca !== null || certificate !== null ? { ca, certificate, key } : null,
    login: place.login && {
      mechanism: place.login,
      username: place.user!,
      password: passwordOf(place, environment),
    },
  }
}

function passwordOf({ passwordFile }: KafkaPlace, environment: Environment): string {
  const folder = environment['CREDENTIALS_DIRECTORY']
  const credential = folder === undefined ? null : join(folder, 'kafka-password')
  const found =
    secret(passwordFile, 'TIDEMARK_KAFKA_PASSWORD_FILE', environment) ??
    (credential !== null && existsSync(credential) ? readSecret(credential, 'the credential kafka-password') : null)
  // a newline at the end is the editor's
  if (found !== null) return found.replace(/\r?\n$/, '')
  throw new TidemarkError('E_KAFKA_REFUSED', 'a login to Kafka needs a password', {
    hint: 'name the file that holds it: --kafka-password-file FILE, or TIDEMARK_KAFKA_PASSWORD_FILE in the environment',
  })
}

function secret(path: string | null, name: string, environment: Environment): string | null {
  const file = path ?? environment[name] ?? null
  return file === null ? null : readSecret(file, path === null ? name : 'the command')
}

function readSecret(path: string, from: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : code
    throw new TidemarkError('E_KAFKA_REFUSED', `cannot read '${path}', which ${from} names: ${why}`)
  }
}
