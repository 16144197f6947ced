/** What stands for a secret in messages. */
const HIDDEN = '***'

/** The text without the secrets. */
export const withoutSecrets = (text: string, secrets: Iterable<string>): string => replaced(text, secrets, () => HIDDEN)

/**
 * The text with a mark in the place of each secret, also of one that stands in it as a string of SQL: texts of other secrets differ, but for one pair in 2^32. The mark
 * is too short to tell a secret that nobody knows.
 */
export const withMarkedSecrets = (text: string, secrets: Iterable<string>): string => replaced(text, secrets, markOf)

function markOf(secret: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto') // few runs have secrets, and loading it takes time
  return `secret:${createHash('sha256').update(secret).digest('hex').slice(0, MARK_DIGITS)}`
}
const MARK_DIGITS = 8

/** The longest first: one secret may be a part of another. */
function replaced(text: string, secrets: Iterable<string>, standIn: (secret: string) => string): string {
  let shown = text
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    for (const form of new Set([secret, secret.replaceAll("'", "''")]))
      if (shown.includes(form)) shown = shown.replaceAll(form, standIn(secret))
  }
  return shown
}
