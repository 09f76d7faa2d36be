// @ts-check
/**
 * What this page knows, as a pure function of what it was told.
 *
 * Rules, in order of rank:
 * 1. Deletes win: what was deleted never comes back.
 * 2. An event is applied once, in order: `seq` must be the last one plus 1.
 * 3. Nothing moves a prediction to an older attempt, and a snapshot moves it forward only.
 *    A snapshot may be older or newer than the events around it; the order of (attempt, state)
 *    tells, and where it can't (a requeue), the event does.
 * 4. Progress is ephemeral: it never outlives its attempt and never touches an ended prediction.
 *
 * @typedef {import("server").EventPrediction} Prediction
 * @typedef {Omit<import("server").Image, "prediction"|"predictions"> & {predictionIds: number[]}} Image
 * @typedef {Pick<import("server").Upload, "id"|"created_at"> & {imageIds: number[]}} Upload those of its
 *   images that are known, in its own order
 * @typedef {Omit<import("server").Image, "prediction"> & {prediction?: Prediction|null,
 *   runs?: Prediction[], runs_count?: number, created_at?: string}} ReceivedImage of an upload with its
 *   first prediction, of a list with its newest as `runs`
 * @typedef {{attempt: number, stage: string|null, fraction: number, queuePosition: number|null,
 *   readyAt: number|null, waiting: import("server").PredictionWaiting|null,
 *   partial: any}} Live `readyAt` is an estimate, as of `Date.now()`
 * @typedef {{epoch: string|null, seq: number|null, loaded: boolean,
 *   uploads: Map<number, Upload>, images: Map<number, Image>,
 *   predictions: Map<number, Prediction>, live: Map<number, Live>,
 *   thumbnails: Map<number, {thumbnail: string, thumbhash: string|null}>,
 *   deleted: Set<number>, deletedImages: Set<number>, missing: Set<number>}} State
 * `thumbnails` are of images not known yet, `deleted` are uploads
 *
 * @typedef {import("server").ProgressMessage & {ready_at?: number}} Progress `ready_at`: the moment, as
 *   `Date.now()`, that its `eta_ms` ends at
 * @typedef {{type: "snapshot", uploads?: import("server").Upload[], images?: ReceivedImage[],
 *   predictions?: Prediction[]}} Snapshot what REST answered
 * @typedef {Exclude<import("server").FromServer, import("server").ProgressMessage>|Progress|Snapshot|
 *   {type: "loaded"}|{type: "retried", prediction: Prediction}|
 *   {type: "corrected", prediction: Prediction, known: Prediction|undefined}|
 *   {type: "removed", image: number}|{type: "removed", upload: number}} Message
 */

import { onProgress } from "./live.js";
import { hasEnded, isEventNews, isSnapshotNews } from "./order.js";
import { withoutImage, withoutUpload } from "./removed.js";

/** @returns {State} */
export function initialState() {
  return {
    epoch: null,
    seq: null,
    loaded: false,
    uploads: new Map(),
    images: new Map(),
    predictions: new Map(),
    live: new Map(),
    thumbnails: new Map(),
    deleted: new Set(),
    deletedImages: new Set(),
    missing: new Set(),
  };
}

/** Whether events between the last one seen and this one never came.
 * @param {State} state @param {Message} message */
export const isGap = (state, message) =>
  message.type === "event" && state.seq !== null && message.seq > state.seq + 1;

/**
 * The state after one message: one of the socket's, or
 * `snapshot` with what REST answered,
 * `loaded` once the first page is in, `retried`,
 * `corrected` with the answer to a correction, and what was known of the prediction when it was asked
 * for,
 * `removed`: this page deleted it or found it gone.
 *
 * @param {State} state @param {Message} message @returns {State}
 */
export function reduce(state, message) {
  switch (message.type) {
    case "ready":
      return onReady(state, message);
    case "reset":
      return { ...initialState(), epoch: message.epoch, seq: message.seq };
    case "event":
      return onEvent(state, message);
    case "progress":
      return onProgress(state, message);
    case "snapshot":
      return onSnapshot(state, message);
    case "retried":
      return onRetried(state, message.prediction);
    case "corrected":
      return onCorrected(state, message);
    case "removed":
      return "image" in message ? withoutImage(state, message.image) : withoutUpload(state, message.upload);
    case "loaded":
      return { ...state, loaded: true };
    default:
      return state;
  }
}

/** @param {State} state @param {import("server").ReadyMessage} message */
function onReady(state, message) {
  // After a known seq the missed events follow one by one; `ready` must not jump over them.
  return { ...state, epoch: message.epoch, seq: state.seq ?? message.seq };
}

/** @param {State} state @param {import("server").Event} event @returns {State} */
function onEvent(state, event) {
  if (state.seq !== null && event.seq !== state.seq + 1) return state;
  const next = { ...state, seq: event.seq };
  if (event.kind === "upload.deleted") return withoutUpload(next, event.upload);
  if (event.kind === "image.deleted") return withoutImage(next, event.image);
  if (event.kind === "webhook.disabled") return next;
  if (state.deleted.has(event.upload)) return next;
  if (event.kind === "upload.created") {
    if (!state.uploads.has(event.upload)) next.missing = new Set(state.missing).add(event.upload);
    return next;
  }
  if (event.kind === "image.archived") return archived(next, event);
  if (event.kind === "image.pinned") return pinned(next, event.image, true);
  if (event.kind === "image.unpinned") return pinned(next, event.image, false);
  if (event.kind === "image.thumbnailed") return thumbnailed(next, event);
  if (event.kind === "prediction.corrected" && event.data.truncated) return toRead(next, event.data);
  // Kept even when its upload is unknown: a REST page read before this may be on its way.
  return "state" in event.data ? withPrediction(next, event.data, isEventNews) : next;
}

/** @param {State} state @param {import("server").ImageEvent} event @returns {State} */
function archived(state, event) {
  const image = state.images.get(event.image);
  if (!image) return state;
  const images = new Map(state.images).set(image.id, { ...image, archived_at: event.at });
  return { ...state, images };
}

/** @param {State} state @param {number} imageId @param {boolean} isPinned @returns {State} */
function pinned(state, imageId, isPinned) {
  const image = state.images.get(imageId);
  if (!image) return state;
  return { ...state, images: new Map(state.images).set(imageId, { ...image, pinned: isPinned }) };
}

/** @param {State} state @param {import("server").ImageEvent} event @returns {State} */
function thumbnailed(state, event) {
  const image = state.images.get(event.image);
  const { thumbnail, thumbhash = null } = event.data;
  if (thumbnail === undefined) return state;
  if (image) {
    return { ...state, images: new Map(state.images).set(image.id, { ...image, thumbnail, thumbhash }) };
  }
  // A REST page read before this may be on its way.
  return { ...state, thumbnails: new Map(state.thumbnails).set(event.image, { thumbnail, thumbhash }) };
}

/** @param {State} state @param {Snapshot} message @returns {State} */
function onSnapshot(state, message) {
  const next = {
    ...state,
    uploads: new Map(state.uploads),
    images: new Map(state.images),
    predictions: new Map(state.predictions),
    live: new Map(state.live),
    missing: new Set(state.missing),
  };
  const orphans = orphansOf(state);
  for (const { images, ...upload } of message.uploads ?? []) {
    if (state.deleted.has(upload.id)) continue;
    next.missing.delete(upload.id);
    next.uploads.set(upload.id, { ...upload, imageIds: [] });
    for (const image of images) putImage(next, image, orphans);
  }
  for (const image of message.images ?? []) putImage(next, image, orphans);
  for (const prediction of message.predictions ?? []) {
    putPrediction(next, prediction, isSnapshotNews);
  }
  return next;
}

/** Predictions that events told of before their images were read, by image id.
 * @param {State} state @returns {Map<number, number[]>} */
function orphansOf(state) {
  /** @type {Map<number, number[]>} */
  const found = new Map();
  for (const { id, image } of state.predictions.values()) {
    if (!state.images.has(image)) found.set(image, [...(found.get(image) ?? []), id]);
  }
  return found;
}

/** @param {State} draft @param {ReceivedImage} received @param {Map<number, number[]>} orphans */
function putImage(draft, received, orphans) {
  const { prediction, predictions: _, runs, runs_count: __, created_at: sentAt, ...image } = received;
  if (draft.deleted.has(image.upload) || draft.deletedImages.has(image.id)) return;
  const known = draft.images.get(image.id);
  const predictionIds = known?.predictionIds ?? (orphans.get(image.id) ?? []).sort(ascending);
  const told = known ?? draft.thumbnails.get(image.id);
  const thumbnail = image.thumbnail ?? told?.thumbnail ?? null;
  const thumbhash = image.thumbhash ?? told?.thumbhash ?? null;
  draft.images.set(image.id, { ...image, thumbnail, thumbhash, predictionIds });
  /** @type {Upload} */
  const none = { id: image.upload, created_at: sentAt ?? "", imageIds: [] };
  const upload = draft.uploads.get(image.upload) ?? none;
  if (!upload.imageIds.includes(image.id)) {
    const imageIds = [...upload.imageIds, image.id].sort(ascending);
    draft.uploads.set(upload.id, { ...upload, imageIds });
  }
  for (const each of runs ?? [prediction]) if (each) putPrediction(draft, each, isSnapshotNews);
}

/** What an event has brought meanwhile is at least as new as the answer.
 * @param {State} state @param {{prediction: Prediction, known: Prediction|undefined}} message
 * @returns {State} */
function onCorrected(state, { prediction, known }) {
  if (state.predictions.get(prediction.id) !== known) return state;
  return withPrediction(state, prediction, () => true);
}

/** A text that is too large for an event was corrected: what is known is shown until it is read.
 * @param {State} state @param {Prediction} prediction @returns {State} */
function toRead(state, prediction) {
  const known = state.predictions.get(prediction.id);
  if (!known?.output) return withPrediction(state, prediction, isEventNews);
  return withPrediction(state, { ...known, truncated: true }, () => true);
}

/** @param {State} state @param {Prediction} prediction @returns {State} */
function onRetried(state, prediction) {
  const known = state.predictions.get(prediction.id);
  const stale = known && (!hasEnded(known) || prediction.attempt < known.attempt);
  return stale ? state : withPrediction(state, prediction, () => true);
}

/** @param {State} state @param {Prediction} prediction
 * @param {(known: Prediction, news: Prediction) => boolean} isNews @returns {State} */
function withPrediction(state, prediction, isNews) {
  const next = {
    ...state,
    images: new Map(state.images),
    predictions: new Map(state.predictions),
    live: new Map(state.live),
  };
  putPrediction(next, prediction, isNews);
  return next;
}

/** @param {State} draft @param {Prediction} news
 * @param {(known: Prediction, news: Prediction) => boolean} isNews */
function putPrediction(draft, news, isNews) {
  if (draft.deleted.has(news.upload) || draft.deletedImages.has(news.image)) return;
  const known = draft.predictions.get(news.id);
  if (known && !isNews(known, news)) return;
  draft.predictions.set(news.id, news);
  const live = draft.live.get(news.id);
  if (live && (hasEnded(news) || news.state === "queued" || live.attempt !== news.attempt)) {
    draft.live.delete(news.id);
  }
  const image = draft.images.get(news.image);
  if (!image) return;
  const predictionIds = image.predictionIds.includes(news.id)
    ? image.predictionIds
    : [...image.predictionIds, news.id].sort(ascending);
  // Success means that the image was decoded, and decoding makes the thumbnail.
  const thumbnail =
    image.thumbnail ?? (news.state === "succeeded" ? `/api/images/${image.id}/thumbnail/` : null);
  draft.images.set(image.id, { ...image, predictionIds, thumbnail });
}

const ascending = (/** @type {number} */ a, /** @type {number} */ b) => a - b;
