import { type FlagDefinition, type FlagLine, longName } from '../frontend/flags/flag.ts'

/** The widest line of a help text. */
export const HELP_WIDTH = 100

/** `--by LIST` */
export const flagForm = (flag: FlagDefinition) => `${longName(flag)}${flag.placeholder ? ` ${flag.placeholder}` : ''}`

/** `keys [none: one group]; NULL is a key` */
export const describeFlag = ({ summary, default: shown, note }: FlagLine) =>
  `${summary}${shown ? ` [${shown}]` : ''}${note ?? ''}`

export interface TableStyle {
  /** Columns of the long form, from the two dashes to the description. */
  readonly width: number
  /** Spaces behind a long form that is too wide for its column. */
  readonly gap: number
}

/** `-b, --by LIST              keys …`: the short form or its room, the long form, the description. Not indented. */
export function flagLine(flag: FlagDefinition, { width, gap }: TableStyle): string {
  const short = flag.short ? `-${flag.short}, ` : '    '
  return `${short}${cell(flagForm(flag), width, gap)}${describeFlag(flag)}`
}

/** Text in a column of that width, with at least `gap` spaces behind it. */
export const cell = (text: string, width: number, gap: number) => text.padEnd(Math.max(width, text.length + gap))

/** Words in lines of at most `width`, each behind the indent. */
export function wrap(text: string, indent = '', width = HELP_WIDTH): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}
