import { RowError } from '../../base/errors.ts'
import { JsonText, type Value } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { wholeOf } from './arguments.ts'

/** Loaded when first called: node:crypto would take 5 ms of every start. */
let crypto: typeof import('node:crypto') | undefined

function hashOf(algorithm: string, text: string): string {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto.createHash(algorithm).update(text).digest('hex')
}

const hashing = (name: string, algorithm: string) =>
  defineScalar({
    name,
    signature: `${name}(text)`,
    summary: `the ${algorithm.toUpperCase()} hash of a text's UTF-8 bytes as hexadecimal digits`,
    parameters: ['string'],
    returns: 'string',
    flinkName: name.toUpperCase(),
    apply: ([text]) => hashOf(algorithm, text as string),
  })

const BITS = new Set([224, 256, 384, 512])

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

/** As Java's URLEncoder: a space becomes '+', and of the marks only `.-*_` stay. */
const urlEncoded = (text: string) =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

function urlDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

const URL_SHAPE = /^(https?|ftp|file|jar|mailto):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is

/** The parts of a URL as java.net.URL names them, undecoded. */
function urlPart(url: string, part: string): string | null {
  const [, protocol, authority, path = '', query, ref] = URL_SHAPE.exec(url) ?? []
  if (protocol === undefined) return null
  const at = authority?.lastIndexOf('@') ?? -1
  switch (part) {
    case 'PROTOCOL':
      return protocol.toLowerCase()
    case 'AUTHORITY':
      return authority ?? null
    case 'USERINFO':
      return at < 0 ? null : authority!.slice(0, at)
    case 'HOST':
      return authority?.slice(at + 1).replace(/:\d*$/, '') ?? ''
    case 'PATH':
      return path
    case 'QUERY':
      return query ?? null
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`
    case 'REF':
      return ref ?? null
    default:
      return null
  }
}

function queryValue(url: string, key: string): string | null {
  for (const pair of urlPart(url, 'QUERY')?.split('&') ?? [])
    if (pair.startsWith(`${key}=`)) return pair.slice(key.length + 1)
  return null
}

function typeOf(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof JsonText) return value.text.startsWith('[') ? 'array' : 'object'
  return typeof value === 'bigint' ? 'number' : typeof value
}

export const ENCODING_FUNCTIONS: readonly ScalarFunction[] = [
  hashing('md5', 'md5'),
  hashing('sha1', 'sha1'),
  hashing('sha224', 'sha224'),
  hashing('sha256', 'sha256'),
  hashing('sha384', 'sha384'),
  hashing('sha512', 'sha512'),
  defineScalar({
    name: 'sha2',
    signature: 'sha2(text, bits)',
    summary: 'the SHA-2 hash of 224, 256, 384 or 512 bits of a text, as hexadecimal digits',
    parameters: ['string', 'number'],
    returns: 'string',
    flinkName: 'SHA2',
    apply([text, bits]) {
      if (!BITS.has(wholeOf(bits!))) throw new RowError(`sha2 has 224, 256, 384 or 512 bits, not ${String(bits)}`)
      return hashOf(`sha${wholeOf(bits!)}`, text as string)
    },
  }),
  defineScalar({
    name: 'to_base64',
    signature: 'to_base64(text)',
    summary: "a text's UTF-8 bytes in base 64",
    parameters: ['string'],
    returns: 'string',
    flinkName: 'TO_BASE64',
    apply: ([text]) => Buffer.from(text as string).toString('base64'),
  }),
  defineScalar({
    name: 'from_base64',
    signature: 'from_base64(text)',
    summary: 'the text whose UTF-8 bytes stand there in base 64',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'FROM_BASE64',
    apply([text]) {
      if (!BASE64.test(text as string)) throw new RowError('from_base64 cannot read a text that is not base 64')
      return Buffer.from(text as string, 'base64').toString('utf8')
    },
  }),
  defineScalar({
    name: 'url_encode',
    signature: 'url_encode(text)',
    summary: 'a text as it stands in the query of a URL: application/x-www-form-urlencoded',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'URL_ENCODE',
    apply: ([text]) => urlEncoded(text as string),
  }),
  defineScalar({
    name: 'url_decode',
    signature: 'url_decode(text)',
    summary: 'the text that url_encode was given; NULL if it is not well formed',
    parameters: ['string'],
    returns: 'string',
    flinkName: 'URL_DECODE',
    apply: ([text]) => urlDecoded(text as string),
  }),
  defineScalar({
    name: 'parse_url',
    signature: 'parse_url(url, part [, key])',
    summary: 'HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO of a URL, or one key of its QUERY',
    parameters: ['string', 'string', 'string'],
    optional: 1,
    returns: 'string',
    flinkName: 'PARSE_URL',
    apply([url, part, key]) {
      if (key === undefined) return urlPart(url as string, part as string)
      return part === 'QUERY' ? queryValue(url as string, key as string) : null
    },
  }),
  defineScalar({
    name: 'typeof',
    signature: 'typeof(value)',
    summary: 'the JSON type of a value: null, boolean, number, string, array or object (Flink: the SQL type)',
    parameters: ['any'],
    returns: 'string',
    takesNull: true,
    flinkName: 'TYPEOF',
    apply: ([value]) => typeOf(value!),
  }),
]
