// @ts-check
/**
 * View models: what the page shows, read from the store's state.
 *
 * @typedef {import("./store.js").State} State
 * @typedef {import("./store.js").Prediction} Prediction
 * @typedef {{image: import("./store.js").Image, prediction: Prediction|null,
 *   work: Work|null}} Card
 * @typedef {{stage: string|null, fraction: number,
 *   queuePosition: number|null, readyAt: number|null,
 *   waiting: import("server").PredictionWaiting|null,
 *   regions: Region[], previewUrl: string|null}} Work
 * @typedef {{polygon: number[][], text?: string, original?: string, confidence?: number}} Region
 * `original` is what the model has read of a line that was corrected
 */

import { hasEnded } from "./order.js";

/** Upload ids, newest first. @param {State} state */
export const uploadIds = (state) => [...state.uploads.keys()].sort((a, b) => b - a);

/** The photos that this page knows, newest first, to choose one as a parameter.
 * @param {State} state @returns {{id: number, name: string}[]} */
export const choosableImages = (state) =>
  [...state.images.values()].sort((a, b) => b.id - a.id).map(({ id, name }) => ({ id, name }));

/** Uploads announced by an event and not read yet. @param {State} state */
export const uploadsToRead = (state) => [...state.missing];

/** Ended predictions whose output was too large for the socket. @param {State} state */
export const predictionsToRead = (state) =>
  [...state.predictions.values()].filter((each) => each.truncated).map((each) => each.id);

/** An image's predictions, oldest first. @param {State} state @param {number} imageId
 * @returns {Prediction[]} */
export function predictionsOf(state, imageId) {
  const ids = state.images.get(imageId)?.predictionIds ?? [];
  return ids.flatMap((id) => state.predictions.get(id) ?? []);
}

/** The text that a prediction has read, with its regions; null: none.
 * @param {Prediction|null|undefined} prediction */
export const readOn = (prediction) => (prediction?.output?.kind === "text" ? prediction.output : null);

/** The text that was read last of a photo, whatever was made of it since; empty: none.
 * @param {State} state @param {number} imageId @returns {string} */
export function newestText(state, imageId) {
  return readOn(predictionsOf(state, imageId).findLast(readOn))?.text ?? "";
}

/** What a card shows: the image and its newest prediction.
 * @param {State} state @param {number} imageId @returns {Card|null} */
export function card(state, imageId) {
  const image = state.images.get(imageId);
  if (!image) return null;
  const prediction = predictionsOf(state, imageId).at(-1) ?? null;
  return { image, prediction, work: prediction && work(state, prediction.id) };
}

/** How far an unfinished prediction is, `fraction` being of its stage; null for one that has ended.
 * @param {State} state @param {number} predictionId @returns {Work|null} */
export function work(state, predictionId) {
  const prediction = state.predictions.get(predictionId);
  if (!prediction || hasEnded(prediction)) return null;
  const live = state.live.get(predictionId);
  const partial = live?.partial;
  return {
    stage: live?.stage ?? prediction.stage,
    fraction: live?.fraction ?? prediction.progress,
    queuePosition: live?.queuePosition ?? prediction.queue_position,
    readyAt: live?.readyAt ?? null,
    waiting: (live ? live.waiting : prediction.waiting) ?? null,
    regions: Array.isArray(partial?.regions) ? partial.regions : [],
    previewUrl: typeof partial?.url === "string" ? partial.url : null,
  };
}

/** How many of these images' newest predictions are in which state.
 * @param {State} state @param {number[]} imageIds */
export function tally(state, imageIds) {
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, canceled: 0 };
  for (const id of imageIds) {
    const newest = state.images.get(id)?.predictionIds.at(-1);
    const prediction = newest === undefined ? null : state.predictions.get(newest);
    if (prediction) counts[prediction.state] += 1;
  }
  return counts;
}
