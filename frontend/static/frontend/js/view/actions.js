// @ts-check
/** What can be done with a prediction, in its card and beside the photo at full size. */

import { t } from "../language.js";
import { canRetry, hasEnded } from "../order.js";

/**
 * @typedef {object} Action
 * @property {string} symbol the icon's name
 * @property {string} label
 * @property {import("../language.js").Key} named with the photo's name, to tell one card's button
 * from another's
 * @property {() => void} run
 */

/** @param {import("../store.js").Prediction|null} prediction
 * @param {import("../commands.js").Commands} commands @returns {Action[]} */
export function actionsOf(prediction, commands) {
  if (!prediction) return [];
  const { id, image, output } = prediction;
  /** @type {Action[]} */
  const actions = [];
  if (!hasEnded(prediction)) {
    const run = () => commands.cancel([id]);
    actions.push({ symbol: "close", label: t("action.cancel"), named: "action.cancel_of", run });
  }
  if (canRetry(prediction)) {
    const run = () => commands.retry([id]);
    actions.push({ symbol: "retry", label: t("action.retry"), named: "action.retry_of", run });
  }
  if (output?.kind === "text" && output.text) {
    const run = () => commands.copyResult(id);
    actions.push({ symbol: "copy", label: t("action.copy"), named: "action.copy_of", run });
  }
  if (output) {
    const run = () => commands.download(image, id);
    actions.push({ symbol: "download", label: t("action.download"), named: "action.download_of", run });
  }
  return actions;
}
