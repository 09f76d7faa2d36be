// @ts-check
/** A line of recognized text while it is corrected. */

import { TextChanged } from "../corrections.js";
import { t } from "../language.js";
import { when } from "../measures.js";
import { sentence } from "../words.js";
import { h, keepFocus } from "./dom.js";

/** The server takes no longer lines. */
const MOST_CHARACTERS = 2_000;

/**
 * What can be done with the lines of one text.
 * @typedef {object} Editing
 * @property {(line: number, correction: {text: string, seen: string}) => Promise<void>} correct
 * @property {(line: number) => Promise<void>} undo
 * @property {(line: number) => Promise<import("../corrections.js").Correction[]>} history
 * @property {(line: number) => import("../corrections.js").Draft|undefined} draft
 * @property {(line: number, draft: import("../corrections.js").Draft|null) => void} keepDraft
 */

export class LineEditor {
  /** What the line reads, as far as whoever corrects it knows. */
  #seen;
  #isBusy = false;

  /**
   * @param {object} parts
   * @param {number} parts.line its place, from 0
   * @param {import("../selectors.js").Region} parts.region
   * @param {Editing} parts.editing
   * @param {() => void} parts.onDone
   */
  constructor({ line, region, editing, onDone }) {
    this.line = line;
    this.editing = editing;
    this.onDone = () => {
      editing.keepDraft(line, null);
      onDone();
    };
    const draft = editing.draft(line);
    this.#seen = draft?.seen ?? region.text ?? "";
    const small = (/** @type {string} */ word, /** @type {() => void} */ onclick, more = {}) =>
      h("button", { type: "button", class: "button", onclick, ...more }, word);
    this.input = h("textarea", {
      rows: 1, maxLength: MOST_CHARACTERS, value: draft?.text ?? this.#seen, spellcheck: false, enterKeyHint: "done",
      dir: "auto", "aria-label": t("correct.line", { line: line + 1 }), "data-testid": "line-text",
      oninput: () => this.#keep(),
    });
    this.problem = h("p", { class: "error", role: "alert" });
    this.other = h("div", { class: "other-text", role: "alert", hidden: true });
    this.save = h("button", { type: "submit", class: "button primary" }, t("action.save"));
    this.element = h(
      "form",
      {
        class: "line-editor",
        "data-testid": "line-editor",
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          void this.#save();
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyed(event),
      },
      this.input,
      this.other,
      this.problem,
      h("div", { class: "row" }, this.save, small(t("action.cancel"), () => this.onDone())),
      region.original === undefined ? null : this.#before(region.original, small),
    );
  }

  /** Where the keyboard goes on. */
  focus() {
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** What the line reads now: if it isn't what was seen, somebody else has corrected it.
   * @param {string} text */
  update(text) {
    if (text === this.#seen || this.#isBusy) return;
    this.#seen = text;
    this.#keep();
    if (text.trim() === this.input.value.trim()) {
      this.onDone();
      return;
    }
    const take = () => this.onDone();
    keepFocus(this.other, () => {
      this.other.replaceChildren(
        h("p", {}, t("correct.changed")),
        h("p", { class: "reading", dir: "auto" }, text || t("correct.empty")),
        h("button", { type: "button", class: "button", onclick: take }, t("correct.take_other")),
      );
      this.other.hidden = false;
      this.save.textContent = t("correct.save_mine");
    });
  }

  /** What the model has read, the way back to it, and what the line has read since.
   * @param {string} original
   * @param {(word: string, onclick: () => void, more?: object) => HTMLElement} small */
  #before(original, small) {
    const list = h("ol", { class: "history", "aria-live": "polite" });
    const read = () => details.open && void this.#history(list);
    const details = h(
      "details",
      { ontoggle: read, "data-testid": "line-history" },
      h("summary", {}, t("correct.history")),
      list,
    );
    return h(
      "div",
      { class: "line-before" },
      h("p", { class: "hint" }, t("correct.original")),
      h("p", { class: "reading", dir: "auto" }, original || t("correct.empty")),
      h("div", { class: "row" },
        small(t("correct.undo"), () => void this.#attempt(() => this.editing.undo(this.line)),
          { "data-testid": "undo-correction" })),
      details,
    );
  }

  /** What is typed outlives the viewer, until it is saved or given up. */
  #keep() {
    const text = this.input.value;
    this.editing.keepDraft(this.line, text === this.#seen ? null : { text, seen: this.#seen });
  }

  #save() {
    const text = this.input.value;
    if (text === this.#seen) {
      this.onDone();
      return undefined;
    }
    return this.#attempt(() => this.editing.correct(this.line, { text, seen: this.#seen }));
  }

  /** @param {() => Promise<void>} act */
  async #attempt(act) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.problem.textContent = "";
    this.element.setAttribute("aria-busy", "true");
    /** @type {string|null} */
    let changed = null;
    try {
      await act();
      this.onDone();
    } catch (error) {
      if (error instanceof TextChanged) changed = error.text;
      else this.problem.textContent = sentence(error);
    }
    this.element.removeAttribute("aria-busy");
    this.#isBusy = false;
    if (changed !== null) this.update(changed);
  }

  /** @param {HTMLElement} list */
  async #history(list) {
    try {
      const found = await this.editing.history(this.line);
      list.replaceChildren(
        ...found.map(({ before, after, at }) =>
          h("li", {},
            h("span", { class: "hint" }, when(at)),
            h("span", { dir: "auto" }, t("correct.step", {
              before: before || t("correct.empty"), after: after || t("correct.empty"),
            }))),
        ),
      );
    } catch (error) {
      this.problem.textContent = sentence(error);
    }
  }

  /** What is typed is for no one else. @param {KeyboardEvent} event */
  #keyed(event) {
    event.stopPropagation();
    // Enter that ends a syllable, or chooses among several, is the keyboard's own.
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.onDone();
    } else if (event.key === "Enter" && (event.target === this.input || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.#save();
    }
  }
}
