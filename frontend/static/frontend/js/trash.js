// @ts-check
/**
 * Photos that a person has deleted and may still take back: they are out of sight at once, and gone
 * when their time is over. Leaving the page ends it for all of them.
 */

/** So long a deletion can be taken back. */
export const UNDO_MS = 10_000;

export class Trash {
  /** By image id, the timer of the deletion it is part of. @type {Map<number, number>} */
  #waiting = new Map();
  /** Those whose time is over: that they are gone comes as events. @type {Set<number>} */
  #over = new Set();

  /**
   * @param {object} parts
   * @param {(imageIds: number[]) => Promise<void>} parts.onDelete told of those whose time is over
   * @param {() => void} parts.onChange told when photos go out of sight or come back
   */
  constructor({ onDelete, onChange }) {
    this.onDelete = onDelete;
    this.onChange = onChange;
  }

  start() {
    window.addEventListener("pagehide", this.empty);
  }

  stop() {
    window.removeEventListener("pagehide", this.empty);
    void this.empty();
  }

  /** @param {number} imageId */
  has = (imageId) => this.#waiting.has(imageId) || this.#over.has(imageId);

  /** @param {number[]} imageIds */
  put(imageIds) {
    const timer = setTimeout(() => void this.#delete(imageIds), UNDO_MS);
    for (const id of imageIds) this.#waiting.set(id, timer);
    this.onChange();
  }

  /** @param {number[]} imageIds */
  takeBack(imageIds) {
    for (const id of imageIds) {
      clearTimeout(this.#waiting.get(id));
      this.#waiting.delete(id);
      this.#over.delete(id);
    }
    this.onChange();
  }

  /** Delete now whatever waits. */
  empty = async () => {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    await this.#delete([...this.#waiting.keys()]);
  };

  /** @param {number[]} imageIds */
  async #delete(imageIds) {
    const due = imageIds.filter((id) => this.#waiting.delete(id));
    for (const id of due) this.#over.add(id);
    if (due.length) await this.onDelete(due);
  }
}
