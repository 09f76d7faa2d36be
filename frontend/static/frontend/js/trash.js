// @ts-check
/**
 * Photos that a person has deleted and may still take back: they are out of sight at once, and gone
 * when their time is over. Leaving the page ends it for all of them. What could not be deleted then,
 * since the sign-in had ended elsewhere or the network was away, the browser remembers, and its
 * user's next visit deletes it.
 */

/** So long a deletion can be taken back. */
export const UNDO_MS = 10_000;
/** By then the tab that it was put off in has had its turn. */
const GRACE_MS = 5_000;

/** @typedef {Record<string, number>} PutOff by image id, when it is due, as `Date.now()` */

export class Trash {
  /** By image id, the timer of the deletion it is part of. @type {Map<number, number>} */
  #waiting = new Map();
  /** Those whose time is over: that they are gone comes as events. @type {Set<number>} */
  #over = new Set();
  #leftOver = 0;

  /**
   * @param {object} parts
   * @param {string} parts.user whose photos they are
   * @param {import("./kept.js").Kept} parts.kept what is put off, of every user of this browser
   * @param {(imageIds: number[]) => Promise<void>} parts.onDelete told of those whose time is over
   * @param {() => void} parts.onChange told when photos go out of sight or come back
   */
  constructor({ user, kept, onDelete, onChange }) {
    this.user = user;
    this.kept = kept;
    this.onDelete = onDelete;
    this.onChange = onChange;
  }

  start() {
    window.addEventListener("pagehide", this.#left);
    this.#deleteLeftOver();
  }

  stop() {
    window.removeEventListener("pagehide", this.#left);
    clearTimeout(this.#leftOver);
    this.#left();
  }

  /** @param {number} imageId */
  has = (imageId) => this.#waiting.has(imageId) || this.#over.has(imageId);

  /** @param {number[]} imageIds */
  put(imageIds) {
    const timer = setTimeout(() => void this.#delete(imageIds), UNDO_MS);
    for (const id of imageIds) this.#waiting.set(id, timer);
    const due = imageIds.map((id) => [id, Date.now() + UNDO_MS]);
    this.#remember({ ...this.#remembered(), ...Object.fromEntries(due) });
    this.onChange();
  }

  /** @param {number[]} imageIds */
  takeBack(imageIds) {
    for (const id of imageIds) {
      clearTimeout(this.#waiting.get(id));
      this.#waiting.delete(id);
      this.#over.delete(id);
    }
    this.forget(imageIds);
    this.onChange();
  }

  /** They are gone, or wanted again. @param {number[]} imageIds */
  forget(imageIds) {
    const putOff = this.#remembered();
    for (const id of imageIds) delete putOff[id];
    this.#remember(putOff);
  }

  /** Delete now whatever waits, in this user's other tabs too. */
  async empty() {
    for (const id of Object.keys(this.#remembered()).map(Number)) {
      if (!this.has(id)) this.#waiting.set(id, 0);
    }
    await this.#deleteWaiting();
  }

  #left = () => void this.#deleteWaiting();

  async #deleteWaiting() {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    await this.#delete([...this.#waiting.keys()]);
  }

  /** What an earlier visit could not delete, and what another tab is going to, should it not. */
  #deleteLeftOver() {
    const all = Object.entries(this.#remembered());
    const isDue = (/** @type {number} */ due) => due + GRACE_MS <= Date.now();
    const overdue = all.filter(([, due]) => isDue(due)).map(([id]) => Number(id));
    for (const id of overdue) this.#waiting.set(id, 0);
    void this.#delete(overdue);
    const later = all.filter(([, due]) => !isDue(due)).map(([, due]) => due + GRACE_MS - Date.now());
    if (later.length) this.#leftOver = setTimeout(() => this.#deleteLeftOver(), Math.min(...later));
  }

  /** @param {number[]} imageIds */
  async #delete(imageIds) {
    const due = imageIds.filter((id) => this.#waiting.delete(id));
    for (const id of due) this.#over.add(id);
    if (due.length) await this.onDelete(due);
  }

  /** @returns {PutOff} this user's */
  #remembered() {
    return this.#everybodys()[this.user] ?? {};
  }

  /** @returns {Record<string, PutOff>} by user */
  #everybodys() {
    try {
      return JSON.parse(this.kept.read() ?? "{}");
    } catch {
      return {};
    }
  }

  /** @param {PutOff} putOff */
  #remember(putOff) {
    const { [this.user]: _, ...others } = this.#everybodys();
    const all = Object.keys(putOff).length ? { ...others, [this.user]: putOff } : others;
    this.kept.write(JSON.stringify(all));
  }
}
