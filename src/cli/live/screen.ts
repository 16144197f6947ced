import { Box, render, Static, Text } from 'ink'
import { createElement as h, type ReactElement } from 'react'
import type { LiveFigures } from './live-figures.ts'

/** What the live view draws on. */
export interface Screen {
  /** `words`: all messages so far; they stay above the figures, and after them. */
  show(figures: LiveFigures, words: readonly string[]): void
  /** The last figures stay. */
  close(): void
}

/** Draws on a terminal, from where its cursor stands. Only this file knows of ink, and nothing but `--live` loads it. */
export async function openScreen(terminal: NodeJS.WriteStream): Promise<Screen> {
  // no key is read, so that Ctrl-C stays a signal
  const options = { stdout: terminal, stderr: terminal, exitOnCtrlC: false, patchConsole: false }
  const ink = render(null, options)
  return {
    show: (figures, words) => ink.rerender(h(View, { figures, words })),
    close: () => ink.unmount(),
  }
}

interface ViewProps {
  readonly figures: LiveFigures
  readonly words: readonly string[]
}

function View({ figures, words }: ViewProps): ReactElement {
  return h(
    Box,
    { flexDirection: 'column' },
    h(Static<string>, { items: [...words], children: (text, i) => h(Text, { key: i }, text) }),
    h(Heading, { figures }),
    h(Inputs, { figures }),
    h(Amounts, { figures }),
  )
}

interface Props {
  readonly figures: LiveFigures
}

function Heading({ figures: { elapsed, rowsRead, rate, sparkline } }: Props): ReactElement {
  return h(
    Box,
    { gap: 2 },
    h(Text, { bold: true }, 'tidemark'),
    h(Text, null, elapsed),
    h(Text, null, `${rowsRead} rows read`),
    h(Text, null, `${rate} rows/s`),
    h(Text, { color: 'cyan' }, sparkline),
  )
}

/** One column of the table of inputs; numbers to the right. */
function column(name: string, texts: readonly string[], isRight = false): ReactElement {
  return h(
    Box,
    { flexDirection: 'column', alignItems: isRight ? 'flex-end' : 'flex-start' },
    h(Text, { dimColor: true }, name),
    ...texts.map((text, i) => h(Text, { key: i, wrap: 'truncate' }, text === '' ? '-' : text)),
  )
}

function Inputs({ figures: { inputs } }: Props): ReactElement {
  const texts = (of: keyof (typeof inputs)[number]) => inputs.map((input) => input[of])
  return h(
    Box,
    { gap: 2 },
    column('input', texts('name')),
    column('rows', texts('rowsRead'), true),
    column('rows/s', texts('rate'), true),
    column('watermark', texts('watermark')),
    column('behind', texts('lag'), true),
  )
}

function Amounts({ figures }: Props): ReactElement {
  const { rowsOut, lateRows, badRows, openWindows, keptEntries, memory, checkpoint } = figures
  const lost = (text: string) => (text === '0' ? {} : { color: 'yellow' })
  return h(
    Box,
    { gap: 2 },
    h(Text, null, `${rowsOut} rows out`),
    h(Text, lost(lateRows), `${lateRows} late`),
    h(Text, lost(badRows), `${badRows} bad`),
    h(Text, null, `${openWindows} open windows`),
    h(Text, null, `${keptEntries} entries of state`),
    h(Text, null, memory),
    ...(checkpoint === '' ? [] : [h(Text, { key: 'checkpoint' }, `checkpoint ${checkpoint} ago`)]),
  )
}
