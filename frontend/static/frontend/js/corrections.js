// @ts-check
/**
 * Corrections of recognized text. The event of a correction brings what the text is then; the answer
 * only hurries it along.
 *
 * @typedef {import("server").OneCorrection} Correction
 * @typedef {{text: string, seen: string}} Draft what was typed and not saved, and what the line read then
 */

import { ApiError } from "./answers.js";
import { readOn } from "./selectors.js";

/** Somebody else was faster: what the line reads meanwhile. */
export class TextChanged extends Error {
  /** @param {string} text */
  constructor(text) {
    super();
    this.text = text;
  }
}

export class Corrections {
  /** By prediction and line. @type {Map<number, Map<number, Draft>>} */
  #drafts = new Map();

  /** @param {import("./api.js").Api} api @param {import("./sync.js").Sync} sync */
  constructor(api, sync) {
    this.api = api;
    this.sync = sync;
  }

  /** Have a line read otherwise; throws TextChanged where it isn't what was seen any more.
   * @param {number} predictionId @param {number} line @param {import("server").NewCorrectionRequest} correction */
  async correct(predictionId, line, correction) {
    try {
      await this.#change(predictionId, () => this.api.put(address(predictionId, line), correction));
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "text_changed")) throw error;
      await this.#change(predictionId, () => this.api.prediction(predictionId));
      throw new TextChanged(this.#textOf(predictionId, line));
    }
  }

  /** Have a line read as the model has read it. @param {number} predictionId @param {number} line */
  undo(predictionId, line) {
    return this.#change(predictionId, () => this.api.delete(address(predictionId, line)));
  }

  /** What a line read before, newest first, of the prediction's newest 200 corrections.
   * @param {number} predictionId @param {number} line @returns {Promise<Correction[]>} */
  async history(predictionId, line) {
    const { results } = await this.api.get(`/api/predictions/${predictionId}/corrections/?page_size=200`);
    return results.filter((each) => each.line === line);
  }

  /** What was typed for a line and not saved. @param {number} predictionId @param {number} line
   * @returns {Draft|undefined} */
  draft(predictionId, line) {
    return this.#drafts.get(predictionId)?.get(line);
  }

  /** Keep what is typed, while the page lives, or nothing any more.
   * @param {number} predictionId @param {number} line @param {Draft|null} draft */
  keepDraft(predictionId, line, draft) {
    const drafts = this.#drafts.get(predictionId) ?? new Map();
    if (draft) drafts.set(line, draft);
    else drafts.delete(line);
    if (drafts.size) this.#drafts.set(predictionId, drafts);
    else this.#drafts.delete(predictionId);
  }

  /** The predictions, of those that are still there, of which something is not saved.
   * @returns {number[]} */
  get unsaved() {
    return [...this.#drafts.keys()].filter((id) => this.sync.state.predictions.has(id));
  }

  /** Take an answer's text, unless an event has brought one since it was asked for.
   * @param {number} predictionId @param {() => Promise<import("server").Prediction>} ask */
  async #change(predictionId, ask) {
    const known = this.sync.state.predictions.get(predictionId);
    const prediction = await ask();
    this.sync.dispatch({ type: "corrected", prediction, known });
  }

  /** @param {number} predictionId @param {number} line */
  #textOf(predictionId, line) {
    return readOn(this.sync.state.predictions.get(predictionId))?.regions[line]?.text ?? "";
  }
}

/** @param {number} predictionId @param {number} line */
const address = (predictionId, line) =>
  /** @type {const} */ (`/api/predictions/${predictionId}/corrections/${line}/`);
