// The words of `npm run bench`.
import { parseArgs } from 'node:util'
import { PEERS } from './peers.mjs'
import { QUERIES } from './queries.mjs'

/** For every day, and for figures to keep. */
const QUICK = { rows: 500_000, runs: 3 }
const SAVED = { rows: 2_000_000, runs: 5 }
const PROGRAMS = ['naive', ...Object.keys(PEERS)]
const OPTIONS = {
  rows: { type: 'string' },
  runs: { type: 'string' },
  only: { type: 'string', multiple: true, default: [] },
  peers: { type: 'string', default: PROGRAMS.join(',') },
  'no-limits': { type: 'boolean', default: false },
  save: { type: 'boolean', default: false },
}

/** Throws if a wanted name is not there. */
function checkNames(wanted, all, what) {
  const unknown = wanted.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new Error(`no ${what} '${unknown}'; there are ${all.join(', ')}`)
}

/** Throws an error with a message for the user where the words are wrong. */
export function readArguments(words) {
  let values
  try {
    values = parseArgs({ args: words, options: OPTIONS }).values
  } catch (error) {
    throw new Error(
      `${error.message}; it takes ${Object.keys(OPTIONS)
        .map((name) => `--${name}`)
        .join(' ')}`,
    )
  }
  const usual = values.save ? SAVED : QUICK
  const count = (name) => {
    const text = values[name] ?? String(usual[name])
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} is a count from 1, not '${text}'`)
    return Number(text)
  }
  checkNames(
    values.only,
    QUERIES.map(({ name }) => name),
    'query',
  )
  const peers = values.peers.split(',').filter((name) => name !== '')
  checkNames(peers, PROGRAMS, 'program')
  return {
    rows: count('rows'),
    runs: count('runs'),
    queries: QUERIES.filter(({ name }) => values.only.length === 0 || values.only.includes(name)),
    peers,
    limits: !values['no-limits'],
    save: values.save,
  }
}
