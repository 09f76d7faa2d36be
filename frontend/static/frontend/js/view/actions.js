// @ts-check
/** What can be done with a prediction, in its card and beside the photo at full size. */

import { canRetry, hasEnded } from "../order.js";

/**
 * @typedef {object} Action
 * @property {string} symbol the icon's name
 * @property {string} label
 * @property {string} before what a photo's name is put behind, to tell one card's button from
 * another's
 * @property {() => void} run
 */

/** @param {import("../store.js").Prediction|null} prediction
 * @param {import("../commands.js").Commands} commands @returns {Action[]} */
export function actionsOf(prediction, commands) {
  if (!prediction) return [];
  const { id, image, output } = prediction;
  const actions = [];
  if (!hasEnded(prediction)) {
    actions.push({ symbol: "close", label: "Cancel", before: "Cancel", run: () => commands.cancel([id]) });
  }
  if (canRetry(prediction)) {
    actions.push({ symbol: "retry", label: "Retry", before: "Retry", run: () => commands.retry([id]) });
  }
  if (output?.kind === "text" && output.text) {
    const run = () => commands.copy(output.text);
    actions.push({ symbol: "copy", label: "Copy text", before: "Copy text of", run });
  }
  if (output) {
    const run = () => commands.download(image, id);
    actions.push({ symbol: "download", label: "Download", before: "Download the result of", run });
  }
  return actions;
}
