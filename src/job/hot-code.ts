/** After so many rounds the loops over rows have been optimised. */
const FIRST_ROUNDS = 32
/** Four times what V8 has by itself: bytes of bytecode that a function runs before V8 looks whether to optimise it. */
const INTERRUPT_BUDGET = 270_336
/** The V8 of Node 20 to 24: all of them know the flag. */
const KNOWN_V8 = /^1[1-3]\./

/**
 * What V8 is to optimise in a run. A loop over rows is found within a few rounds. What runs once a round is found later, is big when all that it
 * calls is put into it, and takes more time to optimise than it will ever save: a seventh of a run over two million rows. So after the first rounds V8 is told to be slow.
 */
export class HotCode {
  #rounds = 0

  endRound(): void {
    this.#rounds += 1
    if (this.#rounds !== FIRST_ROUNDS || !KNOWN_V8.test(process.versions.v8)) return
    const v8 = process.getBuiltinModule('node:v8') // small jobs end without it
    v8.setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`)
  }
}
