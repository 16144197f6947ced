/** Who we are to a broker. The password is in no message, and in nothing that is printed. */
export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** PEM texts. */
export interface KafkaTls {
  /** null: those that the system trusts. */
  readonly ca: string | null
  /** Of mutual TLS; null: we show none. */
  readonly certificate: string | null
  readonly key: string | null
}

/** How to reach a cluster, secrets included. */
export interface KafkaConnection {
  /** `host:port` of some of its brokers. */
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls: KafkaTls | null
  readonly login: KafkaLogin | null
}

/** As messages name it. */
export const clusterName = ({ brokers }: Pick<KafkaConnection, 'brokers'>): string => brokers.join(',')

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(broker: string): { readonly host: string; readonly port: number } {
  const colon = broker.lastIndexOf(':')
  return { host: broker.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(broker.slice(colon + 1)) }
}
