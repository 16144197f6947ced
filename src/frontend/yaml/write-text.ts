/** What YAML takes for itself when it is written without quotes: words of one line that begin with a letter and are no other value. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z_][\w./-]*$/i
const DURATION = /^-?\d+(?:\.\d+)?(?:ms|s|m|h|d|w)(?:\d+(?:ms|s|m|h|d|w))*$/
const NUMBER = /^(?:0|[1-9]\d{0,15})$/

/** A key, also for readers of YAML 1.1, to whom `on` is a truth value. */
export const yamlKey = (name: string): string => (PLAIN.test(name) ? name : JSON.stringify(name))

/** A text that is a name, a duration or a whole number stands as it is; any other, expressions above all, between quotes. */
export function yamlText(text: string): string {
  if (PLAIN.test(text) || DURATION.test(text) || NUMBER.test(text)) return text
  return /[\n\r\t\p{Cc}\u2028\u2029\ufeff]/u.test(text) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`
}

/** The same for what must stay a text: numbers too. */
export const yamlString = (text: string): string => {
  const written = yamlText(text)
  return written === text && !PLAIN.test(text) ? `'${text}'` : written
}
