// @ts-check
/** A choice that this browser keeps over a reload, where it keeps anything. */

export class Kept {
  /** @param {string} key */
  constructor(key) {
    this.key = key;
  }

  /** @returns {string|null} */
  read() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  /** @param {string} value */
  write(value) {
    try {
      localStorage.setItem(this.key, value);
    } catch {
      // Storage is full or blocked: it is chosen anew next time.
    }
  }
}
