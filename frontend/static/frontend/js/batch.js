// @ts-check
/**
 * Files on their way in one upload, and the form that they are sent by.
 *
 * @typedef {import("./batches.js").Item} Item
 * @typedef {{model: string, params: object, imageType: string}} Request
 * @typedef {{count: number}} Choice files that were chosen together
 * @typedef {{key: string, items: Item[], request: Request, choice: Choice, fraction: number,
 *   failures: number, message: string|null, cancel: AbortController, isKept: boolean,
 *   state: "waiting"|"sending"|"canceling"|"refused"|"failed"}} Batch `isKept`: by the browser, over
 *   a reload
 */

const UNFINISHED = new Set(["waiting", "sending", "canceling"]);

/** @param {Batch} batch */
export const isUnfinished = ({ state }) => UNFINISHED.has(state);

/** Asked anew after each wait, during which it may have been canceled. @param {Batch} batch */
export const isCanceling = (batch) => batch.state === "canceling";

/** @param {Item[]} items @param {Request} request @param {Choice} choice
 * @param {string} [key] of one that the browser has kept @returns {Batch} */
export function newBatch(items, request, choice, key) {
  const cancel = new AbortController();
  return {
    key: key ?? newKey(), items, request, choice, fraction: 0, failures: 0, message: null, cancel,
    isKept: key !== undefined, state: "waiting",
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
