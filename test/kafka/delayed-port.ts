import { connect, createServer, type Server, type Socket } from 'node:net'

/** WriteTxnMarkers: the end of a transaction on its way to the partitions that it wrote to. */
const MARKERS = 27

/** A broker's port that passes requests on to another one, and holds back the ends of transactions when it is told to. */
export class DelayedPort {
  isHeld = false
  #server: Server | null = null
  readonly #sockets = new Set<Socket>()
  readonly #waiting: (() => void)[] = []

  /** Returns its port. */
  async open(to: number): Promise<number> {
    const server = createServer((client) => {
      const target = connect(to, '127.0.0.1')
      this.#link(client, target, true)
      this.#link(target, client, false)
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }

  release(): void {
    this.isHeld = false
    for (const go of this.#waiting.splice(0)) go()
  }

  close(): void {
    this.#server?.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  /** A request is not mixed with others of its connection: brokers send one at a time. */
  #link(from: Socket, to: Socket, isRequest: boolean): void {
    this.#sockets.add(from)
    from.on('data', (bytes) => {
      const isMarker = isRequest && bytes.length > 6 && bytes.readInt16BE(4) === MARKERS
      if (this.isHeld && isMarker) this.#waiting.push(() => to.write(bytes))
      else to.write(bytes)
    })
    from.on('close', () => to.destroy())
    from.on('error', () => to.destroy())
  }
}
