// @ts-check
/** What the page says: states, stages, sizes, times and errors in plain words. */

import { ApiError } from "./answers.js";
import { SignedOut } from "./sign_in.js";

const ENDED = { succeeded: "Done", failed: "Failed", canceled: "Canceled" };

const STATES = { queued: "Waiting", running: "Working", ...ENDED };

/** @param {string} state of a prediction */
export const stateWord = (state) => STATES[state];

const STAGES = {
  load: "Starting the model",
  decode: "Opening the photo",
  preprocess: "Preparing",
  compute: "Working",
  infer: "Working",
  orient: "Turning it upright",
  detect: "Looking for text",
  recognize: "Reading text",
  segment: "Finding the subject",
  refine: "Refining the edge",
  encode: "Saving the result",
};

/** @param {number} size in bytes */
export function bytes(size) {
  if (size < 1_000) return `${size} bytes`;
  if (size < 1_000_000) return `${Math.round(size / 1_000)} kB`;
  return `${(size / 1_000_000).toFixed(size < 10_000_000 ? 1 : 0)} MB`;
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** @param {string} iso */
export function when(iso) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (isToday) return `Today, ${time}`;
  const day = date.toLocaleDateString(undefined, { day: "numeric", month: "long" });
  return `${day}, ${time}`;
}

const DAY_MS = 86_400_000;

/** The day of a moment, as people call it. @param {string} iso */
export function day(iso) {
  const date = new Date(iso);
  const isOn = (/** @type {number} */ ms) => date.toDateString() === new Date(ms).toDateString();
  if (isOn(Date.now())) return "Today";
  if (isOn(Date.now() - DAY_MS)) return "Yesterday";
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  const year = isThisYear ? undefined : "numeric";
  return date.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", year });
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

/** Spans of time that people name, in seconds. */
const SECONDS = [5, 10, 15, 20, 30, 40, 50, 60, 90];
const MINUTES = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90].map((each) => each * 60);
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48].map((each) => each * 3_600);
/** An estimate may well be off by so much. */
const [LEAST, MOST] = [0.85, 1.2];

/** About how long, as the round numbers on both sides. @param {number} ms */
export function span(ms) {
  const [least, most] = [(ms / 1_000) * LEAST, (ms / 1_000) * MOST];
  if (least < SECONDS[0]) return "a few seconds";
  /** @type {[number[], number, string]} */
  const [round, unit, word] =
    least < 60 ? [SECONDS, 1, "s"] : least < 3_600 ? [MINUTES, 60, "min"] : [HOURS, 3_600, "h"];
  const from = round.findLast((each) => each <= least) ?? round[0];
  const to = round.find((each) => each >= most);
  return to ? `${from / unit}–${to / unit} ${word}` : `more than ${from / unit} ${word}`;
}

/** An estimate counts down to this much past its end; then it was wrong, and is not told. */
const OVERDUE_MS = 10_000;

/** What is left until an estimated moment; empty where that is not known.
 * @param {number|null|undefined} readyAt */
export function remaining(readyAt) {
  const ms = readyAt ? readyAt - Date.now() : -Infinity;
  if (ms < -OVERDUE_MS) return "";
  return ms < 4_000 ? "ready soon" : `ready in ${span(ms)}`;
}

/** How many are done of all, and how long the rest takes, if that is known.
 * @param {number} done @param {number} total @param {string} left */
export const ofAll = (done, total, left) =>
  [`${done.toLocaleString()} of ${total.toLocaleString()}`, left].filter(Boolean).join(" · ");

/** What a prediction is doing, or how it ended.
 * @param {import("./store.js").Prediction|null} prediction
 * @param {import("./selectors.js").Work|null} work */
export function status(prediction, work) {
  if (!prediction) return "";
  if (prediction.state === "running") {
    const stage = work?.stage;
    return stage ? (STAGES[stage] ?? sentenceCase(stage)) : "Starting";
  }
  if (prediction.state !== "queued") return ENDED[prediction.state];
  if (work?.waiting) return `Waiting. ${work.waiting.message}`;
  const place = work?.queuePosition;
  const others = place && place > 1 ? `${(place - 1).toLocaleString()} before this one` : null;
  return [others ?? (place ? "Next" : "Waiting"), remaining(work?.readyAt)].filter(Boolean).join(", ");
}

/** The same where there is room for one of both: when it is ready, or else what is before it.
 * @param {import("./store.js").Prediction|null} prediction
 * @param {import("./selectors.js").Work|null} work */
export function shortStatus(prediction, work) {
  const isInLine = prediction?.state === "queued" && !work?.waiting;
  return (isInLine && sentenceCase(remaining(work?.readyAt))) || status(prediction, work);
}

const MOST_CHARACTERS = 100_000;

/** What was read, line by line; of a model that tells no regions, the lines of its text.
 * @param {{regions: import("./selectors.js").Region[], text: string}} output
 * @returns {import("./selectors.js").Region[]} */
export function linesOf({ regions, text }) {
  if (regions.length) return regions;
  const lines = (text ?? "").slice(0, MOST_CHARACTERS).split("\n").filter((line) => line.trim());
  return lines.map((line) => ({ polygon: [], text: line }));
}

/** What was found, in a few words. @param {import("./store.js").Prediction} prediction */
export function summary({ output }) {
  if (output?.kind === "text") {
    const { length } = linesOf(output);
    if (length) return counted(length, "line of text", "lines of text");
    const isUnread = output.notes?.some(({ code }) => code === "script_not_readable");
    return isUnread ? "Text that can't be read" : "No text found";
  }
  if (output?.kind === "labels") return output.labels[0]?.label ?? "No label";
  if (output?.kind === "raw") return counted(Object.keys(output.tensors).length, "tensor");
  if (output?.kind === "image") return `${output.width} × ${output.height}`;
  return "";
}

/** Why a prediction failed. @param {import("./store.js").Prediction} prediction
 * @param {(name: string) => string} titleOf what people call a model */
export function problem({ error, model }, titleOf) {
  if (error?.code === "model_not_found") return `“${titleOf(model)}” isn't available any more.`;
  return error?.message ?? "";
}

/** A file's name without what turns the direction of letters, so that its end is its end.
 * Source: Unicode Standard Annex 9, 2. @param {string} name */
export function shownName(name) {
  return name.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

const TAIL = 7;
const letters = new Intl.Segmenter();

/** A name in two parts, the second of which is its ending and a few letters before: where there is
 * no room for all of it, the first is cut, since cameras count at the end. @param {string} name */
export function nameParts(name) {
  const all = [...letters.segment(name)].map(({ segment }) => segment);
  const stem = name.replace(/\.[^.]{1,5}$/, "");
  const tail = Math.min(all.length, TAIL, [...letters.segment(name.slice(stem.length))].length + 3);
  return [all.slice(0, -tail).join(""), all.slice(-tail).join("")];
}

/** The name of an image, with its page where its file has several.
 * @param {{name: string, page?: number, pages?: number}} image */
export function imageName({ name, page = 1, pages = 1 }) {
  return pages > 1 ? `${shownName(name)}, page ${page}` : shownName(name);
}

/** @param {unknown} error */
export function sentence(error) {
  if (error instanceof ApiError) return error.message;
  if (error instanceof SignedOut) return "You are signed out.";
  return "The server can't be reached just now.";
}

/** A name of several words as a person would write it. @param {string} text */
export function sentenceCase(text) {
  const spaced = text.replaceAll(/[_-]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
