// @ts-check
/** A name on one line, cut in its middle where there is no room for all of it. */

import { nameParts } from "../words.js";
import { h } from "./dom.js";

export class CutName {
  #head = h("span", { class: "name-head" });
  #tail = h("span", { class: "name-tail" });

  /** @param {string} tag @param {Record<string, any>} properties */
  constructor(tag, properties) {
    this.element = h(tag, { dir: "auto", ...properties }, this.#head, this.#tail);
    this.element.classList.add("cut-name");
  }

  /** @param {string} name @param {string} [whole] the name, and what is said behind it */
  say(name, whole = name) {
    const [head] = nameParts(name);
    this.#head.textContent = head;
    this.#tail.textContent = whole.slice(head.length);
  }
}
