import type { CommandDefinition } from './verb.ts'

/** Every command, in the order of the help. No command has a verb's name. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'explain',
    summary: 'what a chain of verbs would do: plan, changelog of every edge, guarantees',
    usage: 'explain [FLAG...] VERB [ARG] [FLAG...] [then ...]... [FILE...]',
    takesChain: true,
    arguments: [],
    flags: ['json'],
    examples: ['tidemark explain -t ts tumble 5m -b service app.ndjson'],
    manual: 'Takes a whole chain and reads no rows. Prints the logical plan, the physical plan and what is guaranteed.',
  },
  {
    name: 'functions',
    summary: 'the functions and aggregates that expressions know',
    usage: 'functions [NAME] [--json]',
    takesChain: false,
    arguments: [{ name: 'NAME', required: false, summary: 'only this one' }],
    flags: ['json'],
    examples: ['tidemark functions | grep -i json', 'tidemark functions date_format', 'tidemark functions --json'],
    manual: 'One line for each: how it is called and what it does.',
  },
  {
    name: 'completion',
    summary: 'the completion script of a shell',
    usage: 'completion SHELL',
    takesChain: false,
    arguments: [{ name: 'SHELL', required: true, summary: 'bash, zsh or fish', keywords: ['bash', 'zsh', 'fish'] }],
    flags: [],
    examples: [
      'tidemark completion bash > ~/.local/share/bash-completion/completions/tidemark',
      'tidemark completion zsh > /usr/local/share/zsh/site-functions/_tidemark',
      'tidemark completion fish > ~/.config/fish/completions/tidemark.fish',
    ],
    manual: 'Prints it to standard output, to be put where the shell looks for it.',
  },
  {
    name: 'help',
    summary: 'help for a verb, a command or a topic',
    usage: 'help [VERB|COMMAND|TOPIC] [--man]',
    takesChain: false,
    arguments: [{ name: 'TOPIC', required: false, summary: 'a verb, a command or a topic' }],
    flags: ['man'],
    examples: ['tidemark help tumble', 'tidemark help late'],
    manual: 'The same as --help behind the verb. Topics: expressions, time, late, flags, exit-codes.',
  },
]
