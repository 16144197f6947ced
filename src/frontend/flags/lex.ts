import { findCommand, findVerb, type Place } from './definitions.ts'
import type { FlagDefinition } from './flag.ts'
import { takesValue } from './flag.ts'
import { isKnownFlag, looksLikeFlag, splitFlagWord, type WrittenFlag } from './flag-word.ts'
import type { FlagUse, LexedLine } from './lexed.ts'
import * as refuse from './refusals.ts'
import type { CommandDefinition, Verb, VerbDefinition } from './verb.ts'

/** What the lexer may ask of the world outside: only to word its refusals better. */
export interface Surroundings {
  /** Is there a file of that name? */
  exists(path: string): boolean
}

/** A segment while it is read: what stands before the first verb, or from one verb to the next `then`. */
interface Segment {
  readonly verb: Verb | undefined
  argument: string | undefined
  readonly flags: FlagUse[]
}

/**
 * Cuts the words behind `tidemark` into flags, verbs, arguments and files, in one pass from left to right (CLI.md, section 1). A word is, in
 * this order: the value of the flag before it; a flag; the verb; the verb's argument; `then`; a FILE.
 *
 * Throws `TidemarkError` (exit 2) for a line that cannot be read; values are not judged here.
 */
export function lex(words: readonly string[], surroundings: Surroundings): LexedLine {
  return new Lexer(words, surroundings).run()
}

class Lexer {
  readonly #words: readonly string[]
  readonly #surroundings: Surroundings
  #at = 0
  /** `--` was seen: no flags and no `then` any more. */
  #ended = false
  #command: CommandDefinition | undefined
  /** Where the names of commands stand. */
  readonly #commandWords: number[] = []
  /** The first is what stands before the first verb. */
  readonly #segments: Segment[] = [{ verb: undefined, argument: undefined, flags: [] }]
  readonly #jobFlags: (FlagUse & { readonly where: VerbDefinition | undefined })[] = []
  readonly #commandFlags: FlagUse[] = []
  readonly #files: string[] = []
  /** Set when a word decides alone what the line asks for. */
  #decided: LexedLine | undefined

  constructor(words: readonly string[], surroundings: Surroundings) {
    this.#words = words
    this.#surroundings = surroundings
  }

  run(): LexedLine {
    if (this.#words.length === 0) return { kind: 'nothing' }
    while (this.#at < this.#words.length && !this.#decided) this.#takeWord(this.#words[this.#at]!)
    return this.#decided ?? this.#finish()
  }

  get #segment(): Segment {
    return this.#segments.at(-1)!
  }

  get #place(): Place {
    return { verb: this.#segment.verb, command: this.#command }
  }

  /** Has the segment's verb still to get its argument? `--file` stands in its place. */
  get #wantsArgument(): boolean {
    const { verb, argument, flags } = this.#segment
    return verb?.argument !== undefined && argument === undefined && !flags.some((use) => use.flag.name === 'file')
  }

  get #verbIsDue(): boolean {
    return this.#segment.verb === undefined
  }

  #takeWord(word: string): void {
    if (!this.#ended && word === '--') {
      if (this.#verbIsDue) throw refuse.dashesBeforeVerb()
      this.#ended = true
    } else if (!this.#ended && looksLikeFlag(word)) {
      if (this.#wantsArgument && refuse.isDashedArgument(word, this.#place))
        throw refuse.dashedArgument(word, this.#segment.verb!)
      this.#takeFlags(word)
      return
    } else if (this.#verbIsDue) {
      this.#takeVerb(word)
      return
    } else if (this.#wantsArgument) this.#takeArgument(word)
    else if (!this.#ended && word === 'then') this.#takeThen()
    else this.#takeFile(word)
    this.#at += 1
  }

  #takeVerb(word: string): void {
    const verb = findVerb(word)
    const command = verb ? undefined : this.#commandAt(word)
    if (command && (!this.#command || command.isExplained)) this.#takeCommand(command)
    else if (verb) this.#segments.push({ verb, argument: undefined, flags: [] })
    else throw refuse.noVerb(word, this.#surroundings.exists(word))
    this.#at += 1
  }

  /** Of one word or two. */
  #commandAt(word: string): CommandDefinition | undefined {
    return findCommand(`${word} ${this.#words[this.#at + 1]}`) ?? findCommand(word)
  }

  /** A command with a chain is read on here; the words of any other are left to its own reader. */
  #takeCommand(command: CommandDefinition): void {
    const about = this.#command
    this.#command = command
    const from = this.#at
    this.#at += command.name.split(' ').length - 1
    for (let i = from; i <= this.#at; i += 1) this.#commandWords.push(i)
    if (command.takesChain) return
    const words = this.#words.filter((_, i) => !this.#commandWords.includes(i))
    const asksForHelp = words.some((word) => word === '-h' || word === '--help')
    this.#decided = asksForHelp
      ? { kind: 'help', topic: command.name }
      : { kind: 'command', command, words, ...(about && { about }) }
  }

  #takeArgument(word: string): void {
    const verb = this.#segment.verb!
    if (!this.#ended && word === 'then') throw refuse.noArgument(verb, 'then')
    if (word === '') throw refuse.emptyArgument(verb)
    const isFile = verb.argument!.kind !== 'file' && !/^[\w@]+$/.test(word) && this.#surroundings.exists(word)
    if (isFile) throw refuse.argumentIsFile(word, verb)
    this.#segment.argument = word
  }

  #takeThen(): void {
    const next = this.#words[this.#at + 1]
    if (this.#files.length > 0) {
      const { argument } = this.#segment
      throw refuse.fileBeforeThen({ files: this.#files, verbs: this.#verbs(), argument, next })
    }
    const verb = next === undefined ? undefined : findVerb(next)
    if (!verb) throw refuse.noVerbAfterThen(next, this.#verbs())
    this.#segments.push({ verb, argument: undefined, flags: [] })
    this.#at += 1
  }

  #takeFile(word: string): void {
    if (word === '') throw refuse.emptyFile()
    if (findVerb(word) && !this.#surroundings.exists(word)) throw refuse.verbInFiles(word, this.#verbs())
    if (word === '-' && this.#files.includes('-')) throw refuse.standardInputTwice()
    this.#files.push(word)
  }

  #takeFlags(word: string): void {
    const { flags, unknown } = splitFlagWord(word, this.#place)
    if (unknown !== undefined) throw refuse.unknownFlag(unknown, this.#place)
    this.#at += 1
    for (const written of flags) {
      const { flag } = written
      if (flag.name === 'help') this.#decided = { kind: 'help', topic: this.#segment.verb?.name ?? this.#command?.name }
      if (flag.name === 'version') this.#decided = { kind: 'version' }
      if (this.#decided) return
      this.#keep({ flag, written: written.written, value: this.#valueOf(written) })
    }
  }

  #valueOf({ flag, written, attached }: WrittenFlag): string {
    if (!takesValue(flag)) {
      if (attached !== undefined) throw refuse.valueNotTaken(written, attached)
      return ''
    }
    if (attached?.startsWith('=') && !written.startsWith('--')) throw refuse.equalsAfterShort(written, attached)
    if (attached === '') throw refuse.emptyValue(written)
    if (attached !== undefined) return attached
    const next = this.#words[this.#at]
    if (next === undefined || isKnownFlag(next, this.#place)) throw refuse.noValue({ flag, written }, next)
    this.#at += 1
    if (next === '') throw refuse.emptyValue(written)
    return next
  }

  #keep(use: FlagUse): void {
    const { scope } = use.flag
    const where = this.#segment.verb
    if (scope === 'job') {
      const before = this.#jobFlags.find((other) => isSame(other.flag, use.flag))
      if (before && !use.flag.repeats) throw refuse.twice(before, { ...use, where })
      this.#jobFlags.push({ ...use, where })
      return
    }
    const list = scope === 'command' ? this.#commandFlags : this.#segment.flags
    const before = list.find((other) => isSame(other.flag, use.flag))
    if (before && !use.flag.repeats) throw refuse.twice({ ...before, where }, { ...use, where })
    if (use.flag.name === 'file' && this.#segment.argument !== undefined)
      throw refuse.argumentTwice(this.#segment.argument, where!, use)
    list.push(use)
  }

  #verbs(): readonly VerbDefinition[] {
    return this.#segments.flatMap(({ verb }) => verb ?? [])
  }

  #finish(): LexedLine {
    const [before, ...segments] = this.#segments
    if (segments.length === 0) throw refuse.noVerbAtAll(this.#command)
    if (this.#wantsArgument) throw refuse.noArgument(this.#segment.verb!, undefined)
    return {
      kind: 'chain',
      ...(this.#command && { command: this.#command }),
      commandFlags: this.#commandFlags,
      jobFlags: this.#jobFlags.map(({ flag, written, value }) => ({ flag, written, value })),
      defaults: before!.flags,
      steps: segments.map(({ verb, argument, flags }) => ({
        verb: verb!,
        ...(argument !== undefined && { argument }),
        flags,
      })),
      files: this.#files,
    }
  }
}

/** `--no-color` and `--color` are one flag. */
const isSame = (a: FlagDefinition, b: FlagDefinition) => (a.means?.flag ?? a.name) === (b.means?.flag ?? b.name)
