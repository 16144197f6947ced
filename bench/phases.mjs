// What a sample of a CPU profile was doing: the room of the house where the innermost function stands that belongs to one.

/** In the order in which a row goes through them. */
export const PHASES = ['read', 'scan', 'intern', 'stamp', 'operator', 'output', 'write', 'loop', 'gc']

/**
 * Files of src to phases, the first that fits. What fits none (data, base, functions of Node, generated code) is part of what calls it. A dictionary called
 * by a scanner interns; called by others it is part of what calls it.
 */
const FILES = [
  [/^formats\/json\/[\w-]*dictionary/, 'dictionary'],
  [/^sources\/|^formats\/(?:lines|line-)/, 'read'],
  [/^formats\/.*(?:writer|template|output|late-row|bad-row|emit)|^job\/.*output/, 'output'],
  [/^formats\//, 'scan'],
  [/^sinks\//, 'write'],
  [/^time\/|^job\/(?:row-gate|event-time|source-clock|late-rows)/, 'stamp'],
  [/^(?:operators|state|windows|functions|expressions|cep)\//, 'operator'],
  [/^(?:job|cli|plan|frontend)\//, 'loop'],
]

/** Phases of V8's own entries. What it calls program is native code without a function of JavaScript around it. */
const OWN = new Map([
  ['(garbage collector)', 'gc'],
  ['(program)', 'loop'],
  ['(idle)', 'idle'],
])

/** V8 calls a function of the kernel `wasm-function[25]`. */
const kernelName = (functionName, kernel) => kernel.get(Number(/\d+/.exec(functionName)?.[0])) ?? functionName

/** Of a function by itself; undefined where it is part of what calls it. */
function ownPhase({ functionName, url }, kernel) {
  if (url.startsWith('wasm:')) {
    const name = kernelName(functionName, kernel)
    return /dictionary|intern/.test(name) ? 'intern' : 'scan'
  }
  const file = /\/build\/src\/(.*)$/.exec(url)?.[1]
  if (file !== undefined) return FILES.find(([pattern]) => pattern.test(file))?.[1]
  return OWN.get(functionName)
}

/** Node id to phase. A node that belongs to none, up to the root, is part of the loop. */
function phasesOf({ nodes }, kernel) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const phase = (id) => {
    if (id === undefined) return 'loop'
    const own = ownPhase(frames.get(id), kernel)
    if (own !== undefined && own !== 'dictionary') return own
    const around = phase(parents.get(id))
    return own === 'dictionary' && around === 'scan' ? 'intern' : around
  }
  return new Map(nodes.map(({ id }) => [id, phase(id)]))
}

/** The samples from the first of a scan on (what comes before is start-up), without those in which the thread waited. */
function* samplesOf({ samples, timeDeltas }, phases) {
  let hasBegun = false
  for (const [i, id] of samples.entries()) {
    const phase = phases.get(id)
    hasBegun ||= phase === 'scan'
    if (hasBegun && phase !== 'idle') yield { id, phase, time: timeDeltas[i] }
  }
}

/** Microseconds that the main thread was in each phase, start-up left out. `kernel` are the names of `kernelNames`. */
export function phaseTimes(profile, kernel) {
  const times = Object.fromEntries(PHASES.map((name) => [name, 0]))
  for (const { phase, time } of samplesOf(profile, phasesOf(profile, kernel))) times[phase] += time
  return times
}

/** The functions that took the most, start-up left out: `[µs, phase, name, file:line]`. */
export function hottest(profile, kernel, count) {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const times = new Map()
  for (const { id, phase, time } of samplesOf(profile, phasesOf(profile, kernel))) {
    const { functionName, url, lineNumber } = frames.get(id)
    const isKernel = url.startsWith('wasm:')
    const name = isKernel ? kernelName(functionName, kernel) : functionName || '(anonymous)'
    const place = isKernel ? 'kernel' : `${url.replace(/^.*\/build\//, '')}:${lineNumber + 1}`
    const key = [phase, name, place].join('\t')
    times.set(key, (times.get(key) ?? 0) + time)
  }
  const sorted = [...times].sort((a, b) => b[1] - a[1]).slice(0, count)
  return sorted.map(([key, time]) => [time, ...key.split('\t')])
}
