// The rows of each data set, line by line: the same for every number of rows (a shorter file is the beginning of a longer one) and on every
// machine. README.md says in words what is in them.

/** ms of event time between two rows. */
export const STEP = 10
/** Rows come up to this many ms behind the greatest time so far: the watermark delay of the queries. */
export const DISORDER = 5_000
/** One row of this many is a straggler, up to ten minutes behind: most of them are late in every query. */
const STRAGGLERS = 1_000
const LONGEST_DELAY = 600_000
/** One row of this many repeats the event_id of a row before it, most of them of the last 5 minutes, some of the last 25. */
const REPEATS = 10
const START = Date.UTC(2024, 4, 1, 10)

const TYPES = ['view', 'click', 'purchase']
const PLANS = ['free', 'pro', 'team', 'max']
const METHODS = ['card', 'transfer', 'cash']
const COUNTRIES = ['DE', 'FR', 'IT', 'PL']
const NAMES = ['Zoë', '李雷', 'Олег', 'José', 'Anna', 'Bob', '😀 smile', 'Ann "Q" X']
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64)'

/** Uniform in [0, 1). The generator "mulberry32". */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A number below each 2^20, once in every 2^20 rows that follow one another. */
function scattered(i) {
  const mask = (1 << 20) - 1
  let mixed = Math.imul(i, 0x9e3779b1) & mask
  mixed ^= mixed >>> 9
  mixed = Math.imul(mixed, 0x85ebca6b) & mask
  return mixed ^ (mixed >>> 11)
}

/** What all sets have: time, user, type, amount. */
class Maker {
  constructor(seed) {
    const random = randomNumbers(seed)
    this.random = random
    this.below = (limit) => Math.floor(random() * limit)
    this.ids = []
  }

  time(i) {
    const behind = this.below(STRAGGLERS) === 0 ? this.below(LONGEST_DELAY) : this.below(DISORDER)
    return START + i * STEP - behind
  }

  user = () => `u${this.below(10_000)}`
  type = () => TYPES[this.below(3)]
  /** Quarters, so that a sum is exact in whatever order it is taken. */
  amount = () => this.below(4_000) / 4

  eventId(i) {
    const back = this.below(REPEATS) === 0 ? 1 + this.below(this.below(10) === 0 ? 150_000 : 30_000) : 0
    const id = back > 0 && back <= i ? this.ids[i - back] : i
    this.ids.push(id)
    return `e${String(id).padStart(7, '0')}`
  }
}

/** One shape, no white space. `session` is the text of session_id. */
const flatLine = (make, i, session) =>
  `{"event_id":"${make.eventId(i)}","ts":${make.time(i)},"user_id":"${make.user()}","session_id":"${session()}"` +
  `,"event_type":"${make.type()}","amount":${make.amount()},"plan":"${PLANS[make.below(4)]}","ok":${make.below(20) !== 0}}`

/** As Python's json.dumps writes: a space behind commas and colons. */
function pythonText(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${pythonText(member)}`)
  return `{${members.join(', ')}}`
}

const asciiText = (value) =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The producers of the messy set. Each has its own members and their order; all have ts, user_id, event_type and amount. */
const PRODUCERS = [
  // a web shop: nested objects and arrays, long strings
  (make, { ts, user_id, event_type, amount, i }, name) =>
    JSON.stringify({
      event_id: `e${i}`,
      user_id,
      event_type,
      amount,
      url: `https://shop.example.com/p/${make.below(1_000)}?ref=home&utm_source=newsletter`,
      ts,
      user: {
        name,
        tags: ['a', 'b', make.below(10)],
        geo: { lat: make.below(18e6) / 1e5 - 90, lon: make.below(36e6) / 1e5 - 180 },
      },
      ua: AGENT,
    }),
  // a service: escapes, null, a member that half of its rows have
  (make, { ts, user_id, event_type, amount, i }, name) =>
    JSON.stringify({
      ts,
      user_id,
      amount,
      event_type,
      meta: {
        ok: true,
        err: null,
        retries: make.below(3),
        trace: `00-${(i * 7919).toString(16).padStart(16, '0')}-01`,
      },
      msg: `Line1\nLine2\t"quoted" ${name}`,
      ...(make.below(2) === 0 ? { coupon: `SAVE${make.below(50)}` } : {}),
    }),
  // a Python job: its white space, raw non-ASCII text, arrays of no to three objects
  (make, { ts, user_id, event_type, amount }, name) => {
    const items = Array.from({ length: make.below(4) }, (_, j) => ({
      sku: `S${make.below(1e5)}`,
      qty: 1 + j,
      price: make.below(1e5) / 100,
    }))
    return pythonText({ user_id, name, event_type, ts, amount, items })
  },
  // an app: deep arrays, everything beyond ASCII as \u, one amount in ten with an exponent
  (make, { ts, user_id, event_type, amount }, name) => {
    const text = asciiText({
      schema: 'v2',
      source: 'mobile',
      payload: { a: [1, 2, [3, 4, { b: 'c' }]], s: `x\\y/${name}` },
      amount,
      event_type,
      user_id,
      ts,
      session: `s-${make.below(1e9).toString(36)}`,
      battery: make.below(1_000) / 1_000,
      device: AGENT,
    })
    return make.below(10) === 0 ? text.replace(`"amount":${amount}`, `"amount":${amount * 100}e-2`) : text
  },
]

function messyLine(make, i) {
  const row = { ts: make.time(i), user_id: make.user(), event_type: make.type(), amount: make.amount(), i }
  return PRODUCERS[make.below(PRODUCERS.length)](make, row, NAMES[make.below(NAMES.length)])
}

/** Twelve members, in another order on each line. */
function shuffledLine(make, i) {
  const members = [
    `"event_id":"${make.eventId(i)}"`,
    `"ts":${make.time(i)}`,
    `"user_id":"${make.user()}"`,
    `"event_type":"${make.type()}"`,
    `"amount":${make.amount()}`,
    `"plan":"${PLANS[make.below(4)]}"`,
    `"ok":${make.below(20) !== 0}`,
    `"region":"eu-${make.below(4)}"`,
    `"status":${200 + make.below(300)}`,
    `"took":${make.below(10_000) / 100}`,
    `"path":"/p/${make.below(1_000)}"`,
    `"note":null`,
  ]
  for (let at = members.length - 1; at > 0; at -= 1) {
    const other = make.below(at + 1)
    const moved = members[at]
    members[at] = members[other]
    members[other] = moved
  }
  return `{${members.join(',')}}`
}

/** What was paid for the rows of the flat set, up to 40 s later; one in twenty refers to none of them. */
function paymentLine(make, i) {
  const refersTo = make.below(20) === 0 ? `x${i}` : `e${String(Math.max(0, i - make.below(4_000))).padStart(7, '0')}`
  return (
    `{"payment_id":"p${String(i).padStart(7, '0')}","paid_at":${make.time(i)},"ref":"${refersTo}"` +
    `,"method":"${METHODS[make.below(3)]}","total":${make.amount()},"ok":${make.below(20) !== 0}}`
  )
}

/** One row for each session_id there may be, in no order. */
const sessionLine = (make, i) =>
  `{"session_id":"s${scattered(i)}","plan":"${PLANS[make.below(4)]}","country":"${COUNTRIES[make.below(4)]}","since":${2_000 + make.below(24)}}`

/** Each set: its line i, given the maker. A maker's lines are asked for from 0 on, each once. */
const SETS = {
  flat: { seed: 20_240_501, line: (make, i) => flatLine(make, i, () => `s${make.below(1_000_000)}`) },
  messy: { seed: 20_240_502, line: messyLine },
  shuffled: { seed: 20_240_503, line: shuffledLine },
  payments: { seed: 20_240_505, line: paymentLine },
  sessions: { seed: 20_240_506, line: sessionLine },
  keys: { seed: 20_240_504, line: (make, i) => flatLine(make, i, () => `s${scattered(i)}`) },
}

/** The rows of a set as NDJSON, up to 10,000 at a time. */
export function* chunks(set, rows) {
  const { seed, line } = SETS[set]
  const make = new Maker(seed)
  let lines = []
  for (let i = 0; i < rows; i += 1) {
    lines.push(line(make, i))
    if (lines.length === 10_000 || i === rows - 1) {
      yield `${lines.join('\n')}\n`
      lines = []
    }
  }
}

export const SET_NAMES = Object.keys(SETS)
