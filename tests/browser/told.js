// @ts-check
/** What the page is told: messages for its store. */

import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";

export const text = { kind: "text", text: "hello", regions: [] };

export const prediction = (more = {}) => ({
  id: 77, image: 41, upload: 13, model: "ocr", state: "queued", stage: null, progress: 0,
  attempt: 0, queue_position: 3, error: null, output: null, ...more,
});

export const image = (more = {}) => ({
  id: 41, upload: 13, position: 0, name: "a.jpg", thumbnail: null, prediction: prediction(), ...more,
});

export const upload = (more = {}) => ({ id: 13, model: "ocr", images: [image()], ...more });

export const snapshot = (/** @type {any[]} */ ...uploads) => ({ type: "snapshot", uploads });

export const event = (/** @type {number} */ seq, /** @type {string} */ kind, /** @type {any} */ data = null) => ({
  type: "event", seq, kind, upload: 13, image: 41, prediction: data?.id ?? null, data,
});

export const progress = (more = {}) => ({
  type: "progress", prediction: 77, image: 41, upload: 13, attempt: 1, stage: "detect",
  fraction: 0.5, ...more,
});

export const after = (/** @type {any[]} */ ...messages) => messages.reduce(reduce, initialState());

export const ready = { type: "ready", epoch: "e1", seq: 5 };

export const stateOf = (/** @type {any} */ state, id = 77) => {
  const found = state.predictions.get(id);
  return found && [found.state, found.attempt];
};
