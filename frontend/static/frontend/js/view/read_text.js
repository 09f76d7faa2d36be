// @ts-check
/** What was read on a photo: its lines, each linked to its place, or the text as one reads it. */

import { t } from "../language.js";
import { languageIn, linesOf } from "../words.js";
import { h } from "./dom.js";
import { TextLines } from "./text_lines.js";

/** @typedef {import("server").TextOutput} TextOutput */

export class ReadText {
  #lines;

  /** @type {TextOutput} */
  #output;

  /** @param {TextOutput} output @param {(index: number|null) => void} onPoint told which
   * line is pointed at @param {import("./line_editor.js").Editing} [editing] of its lines */
  constructor(output, onPoint, editing) {
    this.#output = output;
    const isCorrectable = editing !== undefined && output.regions.length > 0;
    this.#lines = new TextLines(linesOf(output), onPoint, isCorrectable ? editing : undefined);
    const paragraphs = paragraphsOf(output);
    this.paragraphs = h("div", { class: "paragraphs", "data-testid": "paragraphs" }, ...paragraphs);
    const choice = (/** @type {string} */ word, /** @type {boolean} */ isWhole) =>
      h("button", { type: "button", class: "tab", onclick: () => this.#show(isWhole) }, word);
    const language = languageIn(output.text ?? "");
    for (const text of language ? [this.#lines.element, this.paragraphs] : []) text.lang = language;
    this.asLines = choice(t("result.as_lines"), false);
    this.asText = choice(t("result.as_paragraphs"), true);
    const choices = h(
      "div",
      { class: "tabs", role: "group", "aria-label": t("result.shown_as"), hidden: paragraphs.length === 0 },
      this.asLines,
      this.asText,
    );
    this.hint = isCorrectable ? h("p", { class: "hint" }, t("correct.how")) : null;
    this.element = h(
      "div", { class: "read-text" }, choices, this.hint, this.#lines.element, this.paragraphs,
    );
    this.#show(false);
  }

  /** @param {number|null} index @param {boolean} isScrolled whether to bring the line into view */
  mark(index, isScrolled) {
    this.#lines.mark(index, isScrolled);
  }

  /** What it reads now. @param {TextOutput} output */
  update(output) {
    if (output === this.#output) return;
    this.#output = output;
    this.#lines.update(linesOf(output));
    this.paragraphs.replaceChildren(...paragraphsOf(output));
  }

  /** @param {boolean} isWhole */
  #show(isWhole) {
    this.#lines.element.hidden = isWhole;
    if (this.hint) this.hint.hidden = isWhole;
    this.paragraphs.hidden = !isWhole;
    this.asLines.setAttribute("aria-pressed", String(!isWhole));
    this.asText.setAttribute("aria-pressed", String(isWhole));
  }
}

/** @param {TextOutput} output @returns {HTMLElement[]} */
const paragraphsOf = ({ paragraphs = [] }) =>
  paragraphs.map((/** @type {string} */ text) => h("p", { dir: "auto" }, text));
