// @ts-check
/** What could not be done for a photo although there is a result. */

import { told } from "../language.js";
import { h } from "./dom.js";

/** @param {import("../store.js").Prediction|null} prediction @returns {HTMLElement[]} */
export const notes = (prediction) =>
  (prediction?.output?.notes ?? []).map((/** @type {{code: string, message: string}} */ note) =>
    h("p", { class: "hint", "data-testid": "note" }, told(note)),
  );
