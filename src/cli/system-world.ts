import { writeSync } from 'node:fs'
import { renderWarning } from '../base/errors.ts'
import { BATCH_ROWS } from '../data/batch.ts'
import type { Destination } from '../frontend/flags/command-line.ts'
import { FileSink } from '../sinks/file.ts'
import type { ByteSink } from '../sinks/sink.ts'
import { DescriptorSink } from '../sinks/stdout.ts'
import { openInput } from '../sources/open-input.ts'
import { isTerminal } from '../sources/stdin.ts'
import { type Clock, SystemClock } from '../time/clock.ts'
import { survivesDatabase } from './database-probe.ts'
import { serviceManagerOf } from './service-manager.ts'
import { version } from './version.ts'
import type { OutputOptions, World } from './world.ts'

const TERMINALS = {
  get stdin() {
    return isTerminal(0)
  },
  get stdout() {
    return isTerminal(1)
  },
  get stderr() {
    return isTerminal(2)
  },
}

/** The real world: this process's descriptors, files and clock. */
export function systemWorld(signal: AbortSignal): World {
  const clock = new SystemClock()
  const opening = () => ({ command: commandLine(), release: version(), clock, survives: survivesDatabase })
  const status = statusOnTerminal()
  let listener: ((text: string) => void) | null = null
  let asked: (() => void) | null = null
  return {
    isTerminal: TERMINALS,
    get terminalColumns() {
      return process.stdout.columns || undefined
    },
    clock,
    environment: process.env,
    signal,
    openInput,
    openState: async (path) => {
      const { openStateDirectory } = await import('../state/state-directory.ts')
      return openStateDirectory(path, { ...opening(), mode: 'create-or-open' })
    },
    inspectState: async (path, mode) => {
      const { openStateDirectory } = await import('../state/state-directory.ts')
      return openStateDirectory(path, { ...opening(), mode })
    },
    openOutput: (to, options) => openOutput(to, options, { signal, clock }),
    serviceManager: serviceManagerOf({ environment: process.env, cannotSend: warnOfSilence }),
    stderr: (text) => {
      if (listener !== null) return listener(text)
      status.clear()
      writeError(text)
    },
    onAsked: (next) => {
      if (asked) process.off('SIGUSR1', asked)
      asked = next
      if (asked) process.on('SIGUSR1', asked)
    },
    get showStatus() {
      return canDraw() ? status.show : null
    },
    get terminal() {
      return canDraw() ? ofKnownWidth(process.stderr) : null
    },
    setListener: (next) => {
      listener = next
    },
    batchRows: BATCH_ROWS,
    checkpoints: null,
    report: () => {},
  }
}

const canDraw = (): boolean => isTerminal(2) && process.env['TERM'] !== 'dumb'

/** Of a terminal that does not know its width: those of script(1) and of containers have 0 columns until they are told. */
const USUAL_COLUMNS = 80

function ofKnownWidth(terminal: NodeJS.WriteStream & { columns: number }): NodeJS.WriteStream {
  terminal.columns ||= USUAL_COLUMNS
  return terminal
}

/** Carriage return, and what erases the rest of a line. */
const ERASE = '\r\u001b[K'

/** The last line of the terminal on standard error. It is cut where the terminal ends, so that there is but one to erase. */
function statusOnTerminal(): { show(text: string): void; clear(): void } {
  let isShown = false
  const show = (text: string) => {
    if (text === '' && !isShown) return
    isShown = text !== ''
    writeError(`${ERASE}${text.slice(0, (process.stderr.columns || USUAL_COLUMNS) - 1)}`)
  }
  return { show, clear: () => show('') }
}

async function openOutput(
  to: Destination,
  options: OutputOptions,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<ByteSink> {
  if (to.kind === 'kafka') {
    const { openKafkaOutput } = await import('./kafka-output.ts')
    return openKafkaOutput(to.sink, options, { environment: process.env, clock })
  }
  const { append, allowRewind = false, segments, incarnation } = options
  if (to.kind === 'parts') {
    const { PartsSink } = await import('../sinks/parts.ts')
    return new PartsSink({ ...partsOf(to), append, allowRewind, incarnation })
  }
  if (to.kind !== 'file') return new DescriptorSink(to.kind === 'stdout' ? 1 : to.descriptor)
  if (segments === null) return new FileSink(to.path, { append, signal })
  const { openEpochSink } = await import('../sinks/epoch-file.ts')
  return openEpochSink(to.path, { append, allowRewind, segments, signal })
}

/** What a sink has to know of a path with placeholders. */
export const partsOf = ({ template, roll }: Extract<Destination, { kind: 'parts' }>) => ({
  name: template.text,
  folder: template.folder,
  size: roll?.kind === 'size' ? roll.bytes : null,
})

function warnOfSilence(why: string): void {
  const hint = 'a unit of Type=notify needs it, and NotifyAccess=all; Type=exec does without'
  writeError(`${renderWarning('W_NOTIFY', `the service manager gets no word: ${why}`, { hint })}\n`)
}

/** As far as it fits into a message. */
const commandLine = (): string => ['tidemark', ...process.argv.slice(2)].join(' ').slice(0, 200)

/** Words must not get lost in a buffer when the process ends. A reader of stderr that left is not our concern. */
function writeError(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    process.stderr.write(text) // a full non-blocking pipe: the stream waits for it
  }
}
