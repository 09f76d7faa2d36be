// @ts-check
/**
 * Files that can't be used, since the list of them was last dismissed.
 *
 * @typedef {import("./batch.js").Choice} Choice
 * @typedef {{name: string, code: string, message: string, choice: Choice}} Refusal
 */

export class RefusedFiles {
  /** @type {Refusal[]} */
  all = [];

  /** How many files were handed over with them, themselves included. */
  get judged() {
    return handedOver(this.all.map(({ choice }) => choice));
  }

  /** @param {string} name @param {{code: string, message: string}} error @param {Choice} choice */
  add(name, { code, message }, choice) {
    this.all.push({ name, code, message, choice });
  }

  dismiss() {
    this.all = [];
  }
}

/** How many files there are of these choices, each counted once. @param {Choice[]} choices */
export const handedOver = (choices) => [...new Set(choices)].reduce((sum, { count }) => sum + count, 0);
