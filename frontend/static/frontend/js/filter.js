// @ts-check
/**
 * Which photos are wanted: by the text in their names or on them, by model, state, label and day.
 *
 * @typedef {{text: string, model: string, state: string, label: string, from: string, until: string}} Filter
 * empty: any; `from` and `until` are the first and the last day, as `2026-11-30`
 * @typedef {import("./store.js").State} State
 * @typedef {import("./store.js").Image} Image
 */

import { predictionsOf, readOn } from "./selectors.js";

/** @type {Filter} */
export const EVERYTHING = { text: "", model: "", state: "", label: "", from: "", until: "" };

/** @type {import("server").StateEnum[]} */
export const STATES = ["queued", "running", "succeeded", "failed", "canceled"];

/** The server refuses longer ones. */
export const MOST_CHARACTERS = 200;

/** What an address asks for. @param {string} search its query @returns {Filter} */
export function filterOf(search) {
  const query = new URLSearchParams(search);
  const words = (/** @type {string} */ name) => (query.get(name) ?? "").slice(0, MOST_CHARACTERS);
  const day = (/** @type {string} */ name) => (begins(query.get(name) ?? "") ? words(name) : "");
  const state = query.get("state") ?? "";
  return {
    text: words("q"),
    model: query.get("model") ?? "",
    state: STATES.some((each) => each === state) ? state : "",
    label: words("label"),
    from: day("from"),
    until: day("until"),
  };
}

/** The query of the page's address that asks for it. @param {Filter} filter */
export const addressOf = ({ text, from, until, ...exact }) => given({ q: text.trim(), ...trimmed(exact), from, until });

/** The query that asks the API for it: its days are those of here. @param {Filter} filter */
export const queryOf = ({ text, from, until, ...exact }) =>
  given({
    q: text.trim(),
    ...trimmed(exact),
    created_after: begins(from)?.toISOString() ?? "",
    created_before: begins(until, 1)?.toISOString() ?? "",
  });

/** @param {Filter} filter */
export const isEverything = (filter) => addressOf(filter) === "";

/** Whether it asks for what is rarely asked for. @param {Filter} filter */
export const isParticular = ({ label, from, until }) => Boolean(label.trim() || from || until);

/** @param {{model: string, state: string, label: string}} exact */
const trimmed = ({ model, state, label }) => ({ model, state, label: label.trim() });

/** @param {Record<string, string>} values */
const given = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The beginning of a day, here; null: there is none of that name.
 * @param {string} day @param {number} [later] so many days later */
function begins(day, later = 0) {
  const [, year, month, date] = DAY.exec(day)?.map(Number) ?? [];
  const moment = new Date(year, month - 1, date + later);
  // A year below 100 would be taken for one of the last century.
  return year >= 1000 && !Number.isNaN(moment.getTime()) ? moment : null;
}

/** As the server compares text: however its letters are composed. @param {string} text */
const folded = (text) => text.normalize("NFC").toLocaleLowerCase();

/** The label that a model holds for the likeliest. @param {import("./store.js").Prediction} prediction
 * @returns {string|undefined} */
const likeliest = ({ output }) => (output?.kind === "labels" ? output.labels[0]?.label : undefined);

/** The labels that photos have, as far as the page knows them. @param {State} state */
export const labelsOf = ({ predictions }) => [
  ...new Set([...predictions.values()].flatMap((each) => likeliest(each) ?? [])),
].sort();

/** Tells for each image whether it is wanted, as the server does.
 * @param {State} state @param {Filter} filter @returns {(image: Image) => boolean} */
export function matcher(state, filter) {
  if (isEverything(filter)) return () => true;
  const text = folded(filter.text.trim());
  const label = filter.label.trim();
  const [since, until] = [begins(filter.from), begins(filter.until, 1)];
  return (image) => {
    const predictions = predictionsOf(state, image.id);
    if (filter.model && !predictions.some(({ model }) => model === filter.model)) return false;
    if (filter.state && predictions.at(-1)?.state !== filter.state) return false;
    if (label && !predictions.some((each) => likeliest(each) === label)) return false;
    const sent = new Date(state.uploads.get(image.upload)?.created_at ?? NaN);
    if ((since && !(sent >= since)) || (until && !(sent < until))) return false;
    const read = () => predictions.some((each) => folded(readOn(each)?.text ?? "").includes(text));
    return !text || folded(image.name).includes(text) || read();
  };
}
