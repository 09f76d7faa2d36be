// @ts-check
/**
 * Files on their way in one upload, and the form that they are sent by.
 *
 * @typedef {import("./batches.js").Item} Item
 * @typedef {{model: string, params: object, imageType: string}} Request
 * @typedef {{count: number}} Choice files that were chosen together
 * @typedef {{key: string, items: Item[], request: Request, choice: Choice, fraction: number,
 *   failures: number, message: string|null, cancel: AbortController,
 *   state: "waiting"|"sending"|"canceling"|"refused"|"failed"}} Batch
 */

const UNFINISHED = new Set(["waiting", "sending", "canceling"]);

/** @param {Batch} batch */
export const isUnfinished = ({ state }) => UNFINISHED.has(state);

/** Asked anew after each wait, during which it may have been canceled. @param {Batch} batch */
export const isCanceling = (batch) => batch.state === "canceling";

/** @param {Item[]} items @param {Request} request @param {Choice} choice @returns {Batch} */
export function newBatch(items, request, choice) {
  const cancel = new AbortController();
  return {
    key: newKey(), items, request, choice, fraction: 0, failures: 0, message: null, cancel,
    state: "waiting",
  };
}

/** @param {Batch} batch */
export function form({ items, request }) {
  const body = new FormData();
  body.append("model", request.model);
  body.append("params", JSON.stringify(request.params));
  if (request.imageType) body.append("image_type", request.imageType);
  for (const { file } of items) body.append("images", file, file.name);
  return body;
}

/** 128 random bits in hexadecimal; `crypto.randomUUID` exists on HTTPS and localhost alone. */
function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
