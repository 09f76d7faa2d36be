// @ts-check
/** Recognized text, a line for each region; pointing at one shows the other, and each can be
 * corrected. */

import { t } from "../language.js";
import { percent } from "../measures.js";
import { h, keepFocus } from "./dom.js";
import { LineEditor } from "./line_editor.js";
import { MOST_REGIONS, others } from "./others.js";

/** @typedef {import("../selectors.js").Region} Region */

export class TextLines {
  /** @type {HTMLElement[]} */
  #lines = [];
  /** @type {Region[]} */
  #regions;
  /** Those that are being corrected, by their place. @type {Map<number, LineEditor>} */
  #editors = new Map();

  /** @param {Region[]} regions
   * @param {(index: number|null) => void} onPoint
   * @param {import("./line_editor.js").Editing} [editing] without it the lines are only read */
  constructor(regions, onPoint, editing) {
    this.editing = editing;
    this.#regions = regions.slice(0, MOST_REGIONS);
    this.#lines = this.#regions.map(({ confidence }, index) => {
      const title = confidence === undefined ? "" : t("result.sure", { percent: percent(confidence) });
      const point = () => onPoint(index);
      return h("li", { tabIndex: editing ? undefined : 0, title, onpointerenter: point, onfocusin: point });
    });
    this.#lines.forEach((_, index) => {
      this.#show(index);
      if (editing?.draft(index)) this.#edit(index);
    });
    const leave = () => onPoint(null);
    this.element = h(
      "ol",
      { class: "lines", "data-testid": "ocr-lines", onpointerleave: leave, onfocusout: leave },
      ...this.#lines,
      others(regions.length - MOST_REGIONS),
    );
  }

  /** The same lines, some of which may read otherwise. @param {Region[]} regions */
  update(regions) {
    this.#lines.forEach((_, index) => {
      const before = this.#regions[index];
      const now = regions[index] ?? before;
      this.#regions[index] = now;
      const editor = this.#editors.get(index);
      if (editor) editor.update(now.text ?? "");
      else if (before.text !== now.text || before.original !== now.original) this.#show(index);
    });
  }

  /** @param {number|null} index @param {boolean} isScrolled whether to bring the line into view */
  mark(index, isScrolled) {
    this.#lines.forEach((line, each) => line.classList.toggle("marked", each === index));
    if (isScrolled && index !== null) this.#lines[index]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #show(index) {
    const line = this.#lines[index];
    const { text, original } = this.#regions[index];
    const shown = text === "" ? t("correct.empty") : (text ?? "…");
    if (!this.editing) {
      line.replaceChildren(shown);
      return;
    }
    const edit = () => this.#edit(index)?.focus();
    const mark = original === undefined ? null : h("span", { class: "corrected" }, t("correct.corrected"));
    // A real button's text can't be marked and copied in every browser.
    const button = h(
      "span",
      {
        class: "line",
        role: "button",
        tabIndex: 0,
        dir: "auto",
        onclick: () => window.getSelection()?.isCollapsed !== false && edit(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (!(event.key === "Enter" || event.key === " ")) return;
          event.preventDefault();
          edit();
        },
      },
      shown,
      mark,
    );
    keepFocus(line, () => line.replaceChildren(button));
  }

  /** @param {number} index */
  #edit(index) {
    if (!this.editing || this.#editors.has(index)) return undefined;
    const editor = new LineEditor({
      line: index,
      region: this.#regions[index],
      editing: this.editing,
      onDone: () => {
        this.#editors.delete(index);
        this.#show(index);
      },
    });
    this.#editors.set(index, editor);
    this.#lines[index].replaceChildren(editor.element);
    // What was typed before may be of a line that reads otherwise by now.
    editor.update(this.#regions[index].text ?? "");
    return editor;
  }
}
