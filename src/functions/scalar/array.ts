import { RowError } from '../../base/errors.ts'
import { compareValues, describeType, JsonText, jsonOf, type Value, valueOfJson } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { wholeOf } from './arguments.ts'
import { arrayOf, elementsOf, keyOfElement, sizeOf } from './collection.ts'

/** Elements that differ from all before them, of those that `isWanted`. */
function different(elements: readonly string[], isWanted: (key: string) => boolean = () => true): Value {
  const seen = new Set<string>()
  return arrayOf(
    elements.filter((element) => {
      const key = keyOfElement(element)
      if (seen.has(key) || !isWanted(key)) return false
      seen.add(key)
      return true
    }),
  )
}

const keysOf = (elements: readonly string[]) => new Set(elements.map(keyOfElement))

/** A function of two arrays. */
const ofTwo = (name: string, summary: string, combine: (a: readonly string[], b: readonly string[]) => Value) =>
  defineScalar({
    name,
    signature: `${name}(array, other)`,
    summary,
    parameters: ['any', 'any'],
    returns: 'any',
    flinkName: name.toUpperCase(),
    apply: ([a, b]) => combine(elementsOf(name, a!), elementsOf(name, b!)),
  })

/** A function of an array and an element, which may be NULL. */
const withElement = (
  name: string,
  summary: string,
  compute: (elements: readonly string[], element: string) => readonly string[],
) =>
  defineScalar({
    name,
    signature: `${name}(array, element)`,
    summary,
    parameters: ['any', 'any'],
    returns: 'any',
    takesNull: true,
    flinkName: name.toUpperCase(),
    apply: ([array, element]) => (array === null ? null : arrayOf(compute(elementsOf(name, array!), jsonOf(element!)))),
  })

/** A place of ARRAY_SLICE as an index from 0: 0 is like 1, below 0 counts from the end. */
const indexOf = (place: number, length: number) => (place < 0 ? length + place : Math.max(0, place - 1))

function sliced(elements: readonly string[], start: number, end: number): Value {
  const [from, to] = [indexOf(start, elements.length), Math.min(indexOf(end, elements.length), elements.length - 1)]
  return arrayOf(from > to || to < 0 ? [] : elements.slice(Math.max(0, from), to + 1))
}

function scalarsOf(name: string, elements: readonly string[]): Value[] {
  return elements.map((text) => {
    const value = valueOfJson(text)
    if (value instanceof JsonText) throw new RowError(`${name} compares scalars, not ${describeType(value)}`)
    return value
  })
}

function sorted(elements: readonly string[], ascending: boolean, nullsFirst: boolean): Value {
  const values = scalarsOf('array_sort', elements)
  const nulls = values.filter((value) => value === null).map(jsonOf)
  const others = values.filter((value) => value !== null).sort(compareValues)
  const texts = (ascending ? others : others.reverse()).map(jsonOf)
  return arrayOf(nullsFirst ? [...nulls, ...texts] : [...texts, ...nulls])
}

const extreme = (name: string, summary: string, direction: 1 | -1) =>
  defineScalar({
    name,
    signature: `${name}(array)`,
    summary,
    parameters: ['any'],
    returns: 'any',
    flinkName: name.toUpperCase(),
    apply([array]) {
      let best: Value = null
      for (const value of scalarsOf(name, elementsOf(name, array!)))
        if (value !== null && (best === null || compareValues(value, best) * direction > 0)) best = value
      return best
    },
  })

function joined(elements: readonly string[], delimiter: string, forNull: string | undefined): string {
  const texts = elements.flatMap((text) => {
    const value = valueOfJson(text)
    if (value === null) return forNull ?? []
    return typeof value === 'string' ? value : jsonOf(value)
  })
  return texts.join(delimiter)
}

export const ARRAY_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'cardinality',
    signature: 'cardinality(nested)',
    summary: 'how many elements an array, or members an object has',
    parameters: ['any'],
    returns: 'number',
    flinkName: 'CARDINALITY',
    apply: ([value]) => sizeOf('cardinality', value!),
  }),
  defineScalar({
    name: 'array_contains',
    signature: 'array_contains(array, value)',
    summary: 'whether an array has an element that equals a value; NULL if the array is NULL',
    parameters: ['any', 'any'],
    returns: 'boolean',
    takesNull: true,
    flinkName: 'ARRAY_CONTAINS',
    apply([array, value]) {
      if (array === null) return null
      const key = keyOfElement(jsonOf(value!))
      return elementsOf('array_contains', array!).some((element) => keyOfElement(element) === key)
    },
  }),
  defineScalar({
    name: 'array',
    signature: 'array(value, ...), ARRAY[value, ...]',
    summary: 'an array of the values, NULLs among them',
    parameters: ['any'],
    optional: 1,
    variadic: true,
    returns: 'any',
    takesNull: true,
    flinkName: 'ARRAY',
    apply: (values) => arrayOf(values.map(jsonOf)),
  }),
  withElement('array_append', 'the array with an element behind it; NULL is an element', (all, one) => [...all, one]),
  withElement('array_prepend', 'the array with an element before it; NULL is an element', (all, one) => [one, ...all]),
  withElement('array_remove', 'the array without the elements that equal a value; NULL removes NULLs', (all, one) => {
    const key = keyOfElement(one)
    return all.filter((element) => keyOfElement(element) !== key)
  }),
  ofTwo('array_union', 'the elements of both arrays, each once', (a, b) => different([...a, ...b])),
  ofTwo('array_except', 'the elements that the other array has not, each once', (a, b) => {
    const others = keysOf(b)
    return different(a, (key) => !others.has(key))
  }),
  ofTwo('array_intersect', 'the elements that the other array has too, each once', (a, b) => {
    const others = keysOf(b)
    return different(a, (key) => others.has(key))
  }),
  defineScalar({
    name: 'array_concat',
    signature: 'array_concat(array, ...)',
    summary: 'the elements of all arrays, one array after the other',
    parameters: ['any'],
    variadic: true,
    returns: 'any',
    flinkName: 'ARRAY_CONCAT',
    apply: (arrays) => arrayOf(arrays.flatMap((array) => elementsOf('array_concat', array))),
  }),
  defineScalar({
    name: 'array_distinct',
    signature: 'array_distinct(array)',
    summary: 'the elements of an array, each once, in order of their first places',
    parameters: ['any'],
    returns: 'any',
    flinkName: 'ARRAY_DISTINCT',
    apply: ([array]) => different(elementsOf('array_distinct', array!)),
  }),
  defineScalar({
    name: 'array_reverse',
    signature: 'array_reverse(array)',
    summary: 'the array from its last element to its first',
    parameters: ['any'],
    returns: 'any',
    flinkName: 'ARRAY_REVERSE',
    apply: ([array]) => arrayOf(elementsOf('array_reverse', array!).reverse()),
  }),
  defineScalar({
    name: 'array_position',
    signature: 'array_position(array, value)',
    summary: 'the place of the first element that equals a value, from 1; 0 if there is none',
    parameters: ['any', 'any'],
    returns: 'number',
    flinkName: 'ARRAY_POSITION',
    apply([array, value]) {
      const key = keyOfElement(jsonOf(value!))
      return elementsOf('array_position', array!).findIndex((element) => keyOfElement(element) === key) + 1
    },
  }),
  defineScalar({
    name: 'array_slice',
    signature: 'array_slice(array, start [, end])',
    summary: 'the elements from start to end inclusive, counted from 1, below 0 from the end; 0 is like 1',
    parameters: ['any', 'number', 'number'],
    optional: 1,
    returns: 'any',
    flinkName: 'ARRAY_SLICE',
    apply([array, start, end]) {
      const elements = elementsOf('array_slice', array!)
      return sliced(elements, wholeOf(start!), end === undefined ? elements.length : wholeOf(end))
    },
  }),
  defineScalar({
    name: 'array_sort',
    signature: 'array_sort(array [, ascending [, null_first]])',
    summary: 'the scalars in order, NULLs first if ascending [true], else last, unless null_first says otherwise',
    parameters: ['any', 'boolean', 'boolean'],
    optional: 2,
    returns: 'any',
    flinkName: 'ARRAY_SORT',
    apply: ([array, ascending = true, nullFirst = ascending]) =>
      sorted(elementsOf('array_sort', array!), ascending as boolean, nullFirst as boolean),
  }),
  extreme('array_max', 'the greatest scalar of an array; NULL if there is none', 1),
  extreme('array_min', 'the least scalar of an array; NULL if there is none', -1),
  defineScalar({
    name: 'array_join',
    signature: 'array_join(array, delimiter [, for_null])',
    summary: 'the elements as one text with a delimiter between them; NULLs are left out or replaced',
    parameters: ['any', 'string', 'string'],
    optional: 1,
    returns: 'string',
    flinkName: 'ARRAY_JOIN',
    apply: ([array, delimiter, forNull]) =>
      joined(elementsOf('array_join', array!), delimiter as string, forNull as string | undefined),
  }),
  defineScalar({
    name: 'element',
    signature: 'element(array)',
    summary: 'the only element of an array; NULL if it is empty, an error if there are more',
    parameters: ['any'],
    returns: 'any',
    flinkName: 'ELEMENT',
    apply([array]) {
      const elements = elementsOf('element', array!)
      if (elements.length > 1) throw new RowError(`element takes an array of one element, not of ${elements.length}`)
      return elements.length === 0 ? null : valueOfJson(elements[0]!)
    },
  }),
  defineScalar({
    name: 'split',
    signature: 'split(text, delimiter)',
    summary: 'an array of the parts of a text between delimiters, or of its characters if the delimiter is empty',
    parameters: ['string', 'string'],
    returns: 'any',
    flinkName: 'SPLIT',
    apply: ([text, delimiter]) =>
      arrayOf((delimiter === '' ? [...(text as string)] : (text as string).split(delimiter as string)).map(jsonOf)),
  }),
]
