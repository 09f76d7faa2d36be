// @ts-check
/** What a model has found out about a photo, beside it. */

import { linesOf, problem } from "../words.js";
import { fill, h } from "./dom.js";
import { labelBars } from "./labels.js";
import { notes } from "./notes.js";
import { ReadText } from "./read_text.js";
import { tensorList } from "./tensors.js";

/** @typedef {import("../store.js").Prediction} Prediction */

export class Result {
  /** @type {ReadText|null} */
  #text = null;

  /**
   * @param {object} parts
   * @param {import("../corrections.js").Corrections} parts.corrections
   * @param {(name: string) => string} parts.titleOf what people call a model
   * @param {(index: number|null) => void} parts.onPoint told which line is pointed at
   */
  constructor({ corrections, titleOf, onPoint }) {
    this.corrections = corrections;
    this.titleOf = titleOf;
    this.onPoint = onPoint;
    this.element = h("div", { class: "detail-result" });
  }

  /** @param {Prediction|null} prediction
   * @param {string} key it is built anew where this is another one than before */
  show(prediction, key) {
    fill(this.element, key, () => [...this.#built(prediction), ...notes(prediction)]);
    if (prediction?.output?.kind === "text") this.#text?.update(prediction.output);
  }

  /** @param {number|null} index of a line @param {boolean} isScrolled whether to bring it into view */
  mark(index, isScrolled) {
    this.#text?.mark(index, isScrolled);
  }

  /** @param {Prediction|null} prediction @returns {HTMLElement[]} */
  #built(prediction) {
    this.#text = null;
    const output = prediction?.output;
    if (prediction?.error) return [h("p", { class: "error" }, problem(prediction, this.titleOf))];
    if (output?.kind === "labels") return [labelBars(output.labels)];
    if (output?.kind === "raw") return [tensorList(output.tensors)];
    if (prediction === null || output?.kind !== "text" || !linesOf(output).length) return [];
    this.#text = new ReadText(output, this.onPoint, this.#editing(prediction.id));
    return [this.#text.element];
  }

  /** @param {number} predictionId @returns {import("./line_editor.js").Editing} */
  #editing(predictionId) {
    return {
      correct: (line, correction) => this.corrections.correct(predictionId, line, correction),
      undo: (line) => this.corrections.undo(predictionId, line),
      history: (line) => this.corrections.history(predictionId, line),
      draft: (line) => this.corrections.draft(predictionId, line),
      keepDraft: (line, draft) => this.corrections.keepDraft(predictionId, line, draft),
    };
  }
}
