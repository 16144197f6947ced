/** `--color`; `auto`: on a terminal, unless NO_COLOR is set to something or TERM is dumb. */
export function wantsColor(choice: 'auto' | 'always' | 'never', isTerminal: boolean): boolean {
  if (choice !== 'auto') return choice === 'always'
  return isTerminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
}
