// @ts-check
/**
 * Which photos are wanted: by the text in their names or on them, by model, by state.
 *
 * @typedef {{text: string, model: string, state: string}} Filter empty: any
 * @typedef {import("./store.js").State} State
 * @typedef {import("./store.js").Image} Image
 */

import { predictionsOf } from "./selectors.js";

/** @type {Filter} */
export const EVERYTHING = { text: "", model: "", state: "" };

/** @type {import("server").StateEnum[]} */
export const STATES = ["queued", "running", "succeeded", "failed", "canceled"];

/** The server refuses longer ones. */
export const MOST_CHARACTERS = 200;

/** What an address asks for. @param {string} search its query @returns {Filter} */
export function filterOf(search) {
  const query = new URLSearchParams(search);
  const state = query.get("state") ?? "";
  return {
    text: (query.get("q") ?? "").slice(0, MOST_CHARACTERS),
    model: query.get("model") ?? "",
    state: STATES.some((each) => each === state) ? state : "",
  };
}

/** The query that asks for it, of an address and of the API alike.
 * @param {Filter} filter */
export function queryOf({ text, model, state }) {
  const given = Object.entries({ q: text.trim(), model, state }).filter(([, value]) => value);
  return new URLSearchParams(given).toString();
}

/** @param {Filter} filter */
export const isEverything = (filter) => queryOf(filter) === "";

/** As the server compares text: however its letters are composed. @param {string} text */
const folded = (text) => text.normalize("NFC").toLocaleLowerCase();

/** Tells for each image whether it is wanted, as the server does.
 * @param {State} state @param {Filter} filter @returns {(image: Image) => boolean} */
export function matcher(state, filter) {
  if (isEverything(filter)) return () => true;
  const text = folded(filter.text.trim());
  return (image) => {
    const predictions = predictionsOf(state, image.id);
    if (filter.model && !predictions.some(({ model }) => model === filter.model)) return false;
    if (filter.state && predictions.at(-1)?.state !== filter.state) return false;
    const read = () => predictions.some(({ output }) => folded(output?.text ?? "").includes(text));
    return !text || folded(image.name).includes(text) || read();
  };
}
