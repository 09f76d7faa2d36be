// @ts-check
/** The photos that were ticked, to do something with all of them. */

export class Selection extends EventTarget {
  /** Image ids, in the order in which they were chosen. @type {Set<number>} */
  #chosen = new Set();
  /** Where a range begins. @type {number|null} */
  #anchor = null;
  #isOn = false;

  /** @returns {number[]} image ids */
  get ids() {
    return [...this.#chosen];
  }

  /** Whether a touch on a photo chooses it. */
  get isOn() {
    return this.#isOn || this.#chosen.size > 0;
  }

  /** @param {number} id */
  has(id) {
    return this.#chosen.has(id);
  }

  begin() {
    this.#isOn = true;
    this.#changed();
  }

  clear() {
    this.#isOn = false;
    this.#anchor = null;
    this.#chosen.clear();
    this.#changed();
  }

  /** Choose a photo, or no more. @param {number} id */
  toggle(id) {
    if (!this.#chosen.delete(id)) this.#chosen.add(id);
    this.#anchor = id;
    this.#changed();
  }

  /** Choose all from the one touched last to this one. @param {number} id
   * @param {number[]} order all image ids as they are shown */
  extend(id, order) {
    const from = this.#anchor === null ? -1 : order.indexOf(this.#anchor);
    if (from < 0) return this.toggle(id);
    const to = order.indexOf(id);
    for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) this.#chosen.add(each);
    this.#changed();
  }

  /** Choose all of these too. @param {number[]} ids */
  add(ids) {
    for (const id of ids) this.#chosen.add(id);
    this.#changed();
  }

  /** Choose all of these, or none where all of them were chosen. @param {number[]} ids */
  toggleAll(ids) {
    const isWhole = ids.every((id) => this.#chosen.has(id));
    for (const id of ids) {
      if (isWhole) this.#chosen.delete(id);
      else this.#chosen.add(id);
    }
    this.#changed();
  }

  /** Forget those that are not shown any more. @param {Set<number>} shown */
  keep(shown) {
    const gone = this.ids.filter((id) => !shown.has(id));
    if (gone.length === 0) return;
    for (const id of gone) this.#chosen.delete(id);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
