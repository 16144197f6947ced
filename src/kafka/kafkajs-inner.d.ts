// The parts of kafkajs that it does not publish types of, as far as they are used.

declare module 'kafkajs/src/broker/index.js' {
  export default class Broker {
    constructor(options: object)
    isConnected(): boolean
    connect(): Promise<void>
    disconnect(): Promise<void>
  }
}

declare module 'kafkajs/src/network/connectionPool.js' {
  export default class ConnectionPool {
    readonly pool: readonly {
      rejectRequests(error: Error): void
      readonly socket?: { destroy(): void }
    }[]
    constructor(options: object)
    send(request: object): Promise<unknown>
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    throttledUntil: number
    throttleCheckTimeoutId: NodeJS.Timeout | null
    pending: unknown[]
    checkPendingRequests(): void
    scheduleCheckPendingRequests(): void
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  export default function create(): unknown
}

declare module 'snappyjs' {
  export function compress(input: Uint8Array): Uint8Array
  export function uncompress(input: Uint8Array, most?: number): Uint8Array
}

declare module 'lz4js' {
  export function compress(input: Uint8Array): Uint8Array
  export function decompress(input: Uint8Array): Uint8Array
}
