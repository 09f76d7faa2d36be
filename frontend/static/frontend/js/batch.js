// @ts-check
/**
 * Files on their way in one upload, and the form that they are sent by.
 *
 * @typedef {import("./batches.js").Item} Item
 * @typedef {{model: string, params: object, imageType: string}} Request
 * @typedef {{key: string, count: number, answer: "use"|"send"|null}} Choice files that were chosen
 *   together, and what to do with those that are with the server already
 * @typedef {import("./known_files.js").There} There
 * @typedef {{key: string, items: Item[], request: Request, choice: Choice, fraction: number,
 *   failures: number, message: string|null, cancel: AbortController, isKept: boolean|null,
 *   there: Map<File, There>,
 *   state: "checking"|"asked"|"waiting"|"sending"|"canceling"|"refused"|"failed"}} Batch `isKept`: by
 *   the browser, over a reload, null while it is not known; "checking": whether the server has them already, of which a person is
 *   "asked"
 */

const UNFINISHED = new Set(["checking", "waiting", "sending", "canceling"]);

/** @param {Batch} batch */
export const isUnfinished = ({ state }) => UNFINISHED.has(state);

/** Whether it has bytes that are not with the server yet. @param {Batch} batch */
export const isPausable = ({ state, fraction }) =>
  state === "waiting" || (state === "sending" && fraction < 1);

/** The same, to be sent from its beginning. @param {Batch} batch @returns {Batch} */
export const anew = (batch) => ({
  ...batch, state: "waiting", fraction: 0, failures: 0, message: null, cancel: new AbortController(),
});

/** Asked anew after each wait, during which it may have been canceled. @param {Batch} batch */
export const isCanceling = (batch) => batch.state === "canceling";

/** @param {number} count of its files @returns {Choice} */
export const newChoice = (count) => ({ key: newKey(), count, answer: null });

/** @param {Item[]} items @param {Request} request @param {Choice} choice
 * @param {Batch["state"]} state @param {string} [key] of one that the browser has kept
 * @returns {Batch} */
export function newBatch(items, request, choice, state, key) {
  const cancel = new AbortController();
  return {
    key: key ?? newKey(), items, request, choice, fraction: 0, failures: 0, message: null, cancel,
    isKept: key === undefined ? null : true, there: new Map(), state,
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
