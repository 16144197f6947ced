/** Values as rows may hold them. Those that are equal stand together, and unlike ones of a type in their order. */
export interface TableValue {
  readonly type: 'null' | 'boolean' | 'number' | 'string' | 'nested'
  /** How each is printed when it is a key; a scalar also when it is selected. */
  readonly prints: string
  /** As JSON; null stands for a member that is missing. */
  readonly texts: readonly (string | null)[]
}

export const VALUES: readonly TableValue[] = [
  { type: 'null', prints: 'null', texts: ['null', null] },
  { type: 'boolean', prints: 'false', texts: ['false'] },
  { type: 'boolean', prints: 'true', texts: ['true'] },
  { type: 'number', prints: '-1e999', texts: ['-1e400'] },
  { type: 'number', prints: '-9007199254740993', texts: ['-9007199254740993'] },
  { type: 'number', prints: '-9007199254740992', texts: ['-9007199254740992'] },
  { type: 'number', prints: '0', texts: ['-0', '0', '-0.0', '0e5', '1e-400'] },
  { type: 'number', prints: '1e-7', texts: ['0.0000001', '1E-7'] },
  { type: 'number', prints: '0.1', texts: ['0.1', '1e-1'] },
  { type: 'number', prints: '1', texts: ['1', '1.0', '1e0'] },
  { type: 'number', prints: '9007199254740992', texts: ['9007199254740992', '9007199254740992.0'] },
  { type: 'number', prints: '9007199254740993', texts: ['9007199254740993'] },
  { type: 'number', prints: '100000000000000000000', texts: ['1e20', '100000000000000000000'] },
  { type: 'number', prints: '100000000000000000001', texts: ['100000000000000000001'] },
  { type: 'number', prints: '1e+21', texts: ['1e21', '1000000000000000000000'] },
  { type: 'number', prints: '1000000000000000000001', texts: ['1000000000000000000001'] },
  { type: 'number', prints: '1e999', texts: ['1e400', '1e999'] },
  { type: 'string', prints: '""', texts: ['""'] },
  { type: 'string', prints: '"\\"1\\""', texts: ['"\\"1\\""', '"\\u00221\\""'] }, // holds the JSON of "1"
  { type: 'string', prints: '"1"', texts: ['"1"', '"\\u0031"'] },
  { type: 'string', prints: '"1.0"', texts: ['"1.0"'] },
  { type: 'string', prints: '"[]"', texts: ['"[]"'] },
  { type: 'string', prints: '"null"', texts: ['"null"'] },
  { type: 'string', prints: '"true"', texts: ['"true"'] },
  { type: 'string', prints: '"é/"', texts: ['"é/"', '"\\u00e9\\/"'] },
  { type: 'string', prints: '"\ufffd"', texts: ['"\ufffd"', '"\\ud800"', '"\\udc00"'] },
  { type: 'string', prints: '"😀"', texts: ['"😀"', '"\\ud83d\\ude00"'] },
  { type: 'nested', prints: '[]', texts: ['[]', '[ ]'] },
  { type: 'nested', prints: '[1,2]', texts: ['[1,2]', '[1.0, 2e0]'] },
  { type: 'nested', prints: '[2,1]', texts: ['[2,1]'] },
  { type: 'nested', prints: '["1",null]', texts: ['["1",null]', '["\\u0031", null]'] },
  { type: 'nested', prints: '{}', texts: ['{}'] },
  {
    type: 'nested',
    prints: '{"a":1,"b":{"c":2,"d":0}}',
    texts: ['{"a":1,"b":{"c":2,"d":0}}', '{"b":{"d":-0,"c":2.0},"a":1e0}'],
  },
  { type: 'nested', prints: '{"a":"1"}', texts: ['{"a":"1"}', '{"a":2,"a":"1"}', '{"\\u0061" : "1"}'] },
  { type: 'nested', prints: '{"a":null}', texts: ['{"a":null}'] },
  { type: 'nested', prints: '{"__proto__":1}', texts: ['{"__proto__":1}', '{"__proto__":1.0}'] },
  { type: 'nested', prints: '{"__proto__":{"x":1}}', texts: ['{"__proto__":{"x":1}}'] },
  { type: 'nested', prints: '{"x":1}', texts: ['{"x":1}'] },
  { type: 'nested', prints: '[9007199254740992]', texts: ['[9007199254740992]'] },
  { type: 'nested', prints: '[9007199254740993]', texts: ['[9007199254740993]'] },
  { type: 'nested', prints: '[1e999]', texts: ['[1e400]'] },
]

export interface Spelling {
  readonly text: string | null
  /** Place in `VALUES`: equal values have the same, and of one type the smaller comes first. */
  readonly value: number
}

export const SPELLINGS: readonly Spelling[] = VALUES.flatMap(({ texts }, value) =>
  texts.map((text) => ({ text, value })),
)

export const isNull = ({ value }: Spelling): boolean => VALUES[value]!.type === 'null'
export const typeOf = ({ value }: Spelling): TableValue['type'] => VALUES[value]!.type

/** `null`: SQL's NULL. */
export const areEqual = (a: Spelling, b: Spelling): boolean | null =>
  isNull(a) || isNull(b) ? null : a.value === b.value

/** A row with the value as member `x`. */
export const member = (name: string, { text }: Spelling): string => (text === null ? '' : `,"${name}":${text}`)
