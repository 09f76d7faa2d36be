// @ts-check
/**
 * Which of two reports of a prediction is the newer: attempts only rise, and within one the states
 * follow each other.
 *
 * @typedef {import("./store.js").Prediction} Prediction
 */

const RANK = { queued: 0, running: 1, succeeded: 2, failed: 2, canceled: 2 };

/** @param {Pick<Prediction, "state">} prediction */
export const hasEnded = (prediction) => RANK[prediction.state] === 2;

/** Errors that come again however often the same prediction is tried. */
const LASTING = new Set([
  "source_gone",
  "unreadable_image",
  "model_not_found",
  "model_takes_no_images",
  "invalid_params",
  "invalid_input",
]);

/** Whether trying again may help. @param {Prediction} prediction */
export const canRetry = ({ state, error }) =>
  state === "canceled" || (state === "failed" && !LASTING.has(error?.code ?? ""));

/** Whether a snapshot tells more than is known: it only ever moves a prediction on.
 * @param {Prediction} known @param {Prediction} news */
export function isSnapshotNews(known, news) {
  if (news.attempt !== known.attempt) return news.attempt > known.attempt;
  if (RANK[news.state] !== RANK[known.state]) return RANK[news.state] > RANK[known.state];
  return !hasEnded(news) || Boolean(known.truncated) || known.output === null;
}

/** Whether an event tells more than is known; a requeue or a retry may take a state back.
 * @param {Prediction} known @param {Prediction} news */
export function isEventNews(known, news) {
  if (news.attempt !== known.attempt) return news.attempt > known.attempt;
  if (news.state === "running") return !hasEnded(known);
  return !(news.truncated && known.output);
}
