import type { ByteWriter } from './byte-writer.ts'
import { writerFor } from './descriptor-writer.ts'
import { FileDescriptorSink } from './file-descriptor.ts'

/** A descriptor that the process was given: standard output by default, or `fd:N`. It is never closed nor cut short. */
export class DescriptorSink extends FileDescriptorSink {
  readonly name: string
  readonly #fd: number

  constructor(fd = 1) {
    super()
    this.#fd = fd
    this.name = fd === 1 ? '-' : `fd:${fd}`
  }

  protected override async openWriter(): Promise<ByteWriter> {
    return writerFor(this.#fd, false)
  }
}
