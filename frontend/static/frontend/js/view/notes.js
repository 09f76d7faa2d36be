// @ts-check
/** What could not be done for a photo although there is a result. */

import { h } from "./dom.js";

/** @param {import("../store.js").Prediction|null} prediction @returns {HTMLElement[]} */
export const notes = (prediction) =>
  (prediction?.output?.notes ?? []).map((/** @type {{message: string}} */ { message }) =>
    h("p", { class: "hint", "data-testid": "note" }, message),
  );
