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

/** Of a file that was with the server when it was last looked up. */
const UNSEEN = { images: [], isDone: true };
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

/** @param {number} count of its files @param {Choice["answer"]} [answer] where it is known already
 * @returns {Choice} */
export const newChoice = (count, answer = null) => ({ key: newKey(), count, answer });

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

/** What the browser has kept, to be sent on. Those that were chosen together have their choice in common.
 * @param {import("./tray.js").Kept[]} kept @returns {Batch[]} */
export function batchesOf(kept) {
  /** @type {Map<string, Choice>} */
  const choices = new Map();
  return kept.map(({ key, files, request, choice: made, isAsked }) => {
    const items = files.map((file) => ({ file, error: null, isDocument: false }));
    const choice = choices.get(made?.key ?? key) ?? made ?? newChoice(files.length);
    choices.set(choice.key, choice);
    const batch = newBatch(items, request, choice, isAsked ? "checking" : "waiting", key);
    if (isAsked) batch.there = new Map(files.map((file) => [file, UNSEEN]));
    return batch;
  });
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
