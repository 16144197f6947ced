/** Take no room: marks that combine with the character before, joiners, selectors. */
const ZERO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}|[\ufe00-\ufe0f]/u
/** Take two columns: East Asian wide and fullwidth characters (Unicode UAX #11), and what is shown as a picture. */
const DOUBLE_WIDTH =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const CONTROL = /\p{Cc}/gu

/** Columns of a terminal that one character takes. */
function characterWidth(character: string): number {
  if (character < '\u0300') return 1
  if (ZERO_WIDTH.test(character)) return 0
  return DOUBLE_WIDTH.test(character) ? 2 : 1
}

/** Columns of a terminal that a text takes; it has no control characters. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** The text within `width` columns, with `…` at its end where something is missing. */
export function fitted(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let taken = 1
  for (const character of text) {
    taken += characterWidth(character)
    if (taken > width) break
    kept += character
  }
  return `${kept}…`
}

/** A text on one line that moves no cursor: control characters as JSON writes them. */
export const shown = (text: string): string =>
  text.replace(CONTROL, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[\x7f-\x9f]$/, '�'),
  )
