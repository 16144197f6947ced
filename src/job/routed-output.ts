import type { Batch } from '../data/batch.ts'
import type { RowWriter } from '../formats/json/row-writer.ts'
import { OutputBuffer } from '../formats/output-buffer.ts'
import type { PathTemplate } from '../plan/path-template.ts'
import type { PartsSink } from '../sinks/parts.ts'
import type { Zone } from '../time/zone.ts'
import type { BatchConsumer } from './graph.ts'
import { PartPaths } from './part-path.ts'

export interface RouteOptions {
  readonly sink: PartsSink
  readonly template: PathTemplate
  /** `--roll DURATION` in ms; null: time ends a part only where the path names a unit of it. */
  readonly roll: number | null
  /** Of days and hours. */
  readonly zone: Zone
}

/** Where each row goes that leaves the job, for outputs of many files. */
export class Route {
  readonly sink: PartsSink
  readonly #paths: PartPaths

  constructor({ sink, template, roll, zone }: RouteOptions) {
    this.sink = sink
    this.#paths = new PartPaths(template, zone, roll)
  }

  /** One row as it is printed, its newline included. */
  send(time: number, watermark: number, row: Buffer): void {
    this.sink.advance(watermark)
    const { path, end } = this.#paths.of(time, row)
    this.sink.writeRow(path, end, row)
  }
}

/** The end of the graph where rows go to many files: each is printed, and its text and time say where it goes. */
export class RoutedRows implements BatchConsumer {
  rows = 0
  readonly #writer: RowWriter
  readonly #route: Route
  readonly #buffer = new OutputBuffer()

  constructor(writer: RowWriter, route: Route) {
    this.#writer = writer
    this.#route = route
  }

  take(batch: Batch, from: number, to: number): number {
    const buffer = this.#buffer
    let next = from
    while (next < to && !this.#route.sink.needsDrain) {
      buffer.clear()
      this.#writer.write(batch, next, buffer)
      this.#route.send(batch.time[next]!, batch.watermark[next]!, buffer.contents())
      next += 1
    }
    this.rows += next - from
    return next
  }
}
