// @ts-check
/**
 * A list of things that each have a secret, which is shown once, when one is made; before one is
 * removed it is asked about in its place.
 *
 * @typedef {import("../../language.js").Key} Message
 * @typedef {object} Words
 * @property {Message} title
 * @property {Message} what they are
 * @property {Message} shownOnce of the secret
 * @property {Message} copy
 * @property {Message} copied
 * @property {Message} remove
 * @property {Message} removed
 */

import { t } from "../../language.js";
import { button, fill, h } from "../dom.js";
import { Outcome, part } from "./parts.js";

/** @template {{id: number}} Row */
export class SecretList {
  outcome = new Outcome();
  /** The one that is asked about. @type {number|null} */
  #asked = null;
  /** @type {Row[]} */
  #all = [];

  /**
   * @param {object} parts
   * @param {string} parts.name of one of them, for tests to find it
   * @param {Words} parts.words
   * @param {{element: HTMLElement, reset: () => void}} parts.form makes one
   * @param {() => Promise<Row[]>} parts.read
   * @param {(id: number) => Promise<unknown>} parts.remove
   * @param {(row: Row) => (Node|string|null|false)[]} parts.draw what a row is made of
   * @param {(row: Row) => string} parts.question whether to remove it
   * @param {() => void} [parts.onRedraw] told before all rows are made anew
   */
  constructor({ name, words, form, read, remove, draw, question, onRedraw = () => {} }) {
    this.name = name;
    this.words = words;
    this.form = form;
    this.read = read;
    this.remove = remove;
    this.draw = draw;
    this.question = question;
    this.onRedraw = onRedraw;
    this.list = h("ul", { class: "rows" });
    this.text = h("code", { class: "secret", "data-testid": `${name}-secret` });
    this.copy = button("copy", t(words.copy), () => void this.#copy(), { "data-testid": `copy-${name}` });
    this.made = h("div", { class: "made", hidden: true }, h("p", {}, t(words.shownOnce)), this.text, this.copy);
    const hint = h("p", { class: "hint" }, t(words.what));
    this.element = part(`${name}s`, t(words.title), hint, this.list, this.made, this.outcome.element, form.element);
  }

  /** Forget what was typed, and the secret that was shown. */
  reset() {
    this.#asked = null;
    this.outcome.clear();
    this.form.reset();
    this.made.hidden = true;
    this.text.textContent = "";
  }

  load() {
    return this.outcome.attempt(() => this.readAgain());
  }

  async readAgain() {
    this.#all = await this.read();
    this.#show();
  }

  /** Show the secret of one that was made just now. @param {string} secret */
  async show(secret) {
    this.outcome.clear();
    this.text.textContent = secret;
    this.made.hidden = false;
    this.copy.focus();
    await this.load();
  }

  /** Ask about one, or about none any more; the focus stays with it. @param {number|null} id */
  ask(id) {
    const at = this.#all.findIndex((each) => each.id === (id ?? this.#asked));
    this.#asked = id;
    this.#show();
    this.list.children[at]?.querySelector("button")?.focus();
  }

  #show() {
    const heading = /** @type {HTMLElement} */ (this.element.firstElementChild);
    const rows = () => {
      this.onRedraw();
      return this.#all.map((each) => this.#row(each));
    };
    fill(this.list, JSON.stringify([this.#all, this.#asked]), rows, heading);
  }

  /** @param {Row} row */
  #row(row) {
    const contents = row.id === this.#asked ? this.#questionOf(row) : this.draw(row);
    return h("li", { "data-testid": `${this.name}-row` }, ...contents);
  }

  /** @param {Row} row */
  #questionOf(row) {
    const danger = {
      type: "button", class: "button danger", "data-testid": `really-remove-${this.name}`,
      onclick: () => void this.#remove(row.id),
    };
    const keep = { type: "button", class: "button", onclick: () => this.ask(null) };
    const buttons = [h("button", danger, t(this.words.remove)), h("button", keep, t("keys.keep"))];
    return [h("p", {}, this.question(row)), h("div", { class: "row" }, ...buttons)];
  }

  /** @param {number} id */
  async #remove(id) {
    await this.outcome.attempt(async () => {
      await this.remove(id);
      this.#asked = null;
      await this.readAgain();
      this.outcome.say(t(this.words.removed));
    });
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.text.textContent ?? "");
      this.outcome.say(t(this.words.copied));
    } catch {
      this.outcome.say(t("copying_refused"));
    }
  }
}
