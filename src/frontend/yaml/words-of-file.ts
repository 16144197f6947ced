/** Flags of `run` stay what they are. */
const FLAG_OF_FILE =
  /(^|[\s('])--(?!(?:state|until|at-eof|arg|argjson|require|input|output|summary|restore|replay|allow-drop-state|allow-rewind|checkpoint-interval|drain-timeout|live|wait|epoch|json)\b(?!-))([a-z][a-z-]*)/g

/** What the command line calls by flags has keys in a file: `--by` is `by`. */
export const inWordsOfFile = (text: string): string =>
  text
    .replace(/--input-(format|changelog|key)\b/g, '$1')
    .replace(/--output-format\b/g, 'format')
    .replace(/--kafka-(?=[a-z])/g, '')
    .replace(/--to-(?=kafka|topic)/g, '')
    .replace(/--time (ts|FIELD)\b/g, 'time: $1')
    .replace(FLAG_OF_FILE, '$1$2')
