// @ts-check
/** What the page says of photos: states, stages, times left, what was found and what went wrong. */

import { ApiError } from "./answers.js";
import { locale, t, told } from "./language.js";
import { measured } from "./measures.js";
import { SignedOut } from "./sign_in.js";

/** @typedef {import("./language.js").Key} Key */

/** @type {Record<import("server").StateEnum, Key>} */
const STATES = {
  queued: "state.queued",
  running: "state.running",
  succeeded: "state.succeeded",
  failed: "state.failed",
  canceled: "state.canceled",
};

/** @param {import("server").StateEnum} state of a prediction */
export const stateWord = (state) => t(STATES[state]);

/** @type {Record<string, Key>} */
const STAGES = {
  load: "stage.load",
  decode: "stage.decode",
  preprocess: "stage.preprocess",
  compute: "stage.compute",
  infer: "stage.compute",
  orient: "stage.orient",
  detect: "stage.detect",
  recognize: "stage.recognize",
  segment: "stage.segment",
  refine: "stage.refine",
  style: "stage.style",
  paint: "stage.paint",
  enlarge: "stage.enlarge",
  encode: "stage.encode",
};

/** Spans of time that people name, in seconds. */
const SECONDS = [5, 10, 15, 20, 30, 40, 50, 60, 90];
const MINUTES = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90].map((each) => each * 60);
const HOURS = [1, 2, 3, 4, 6, 8, 12, 24, 48].map((each) => each * 3_600);
/** An estimate may well be off by so much. */
const [LEAST, MOST] = [0.85, 1.2];

/** About how long, as the round numbers on both sides. @param {number} ms */
export function span(ms) {
  const [least, most] = [(ms / 1_000) * LEAST, (ms / 1_000) * MOST];
  if (least < SECONDS[0]) return t("time.few_seconds");
  /** @type {[number[], number, string]} */
  const [round, unit, name] =
    least < 60 ? [SECONDS, 1, "second"] : least < 3_600 ? [MINUTES, 60, "minute"] : [HOURS, 3_600, "hour"];
  const from = round.findLast((each) => each <= least) ?? round[0];
  const to = round.find((each) => each >= most);
  const inUnits = measured(name);
  if (to) return inUnits.formatRange(from / unit, to / unit);
  return t("time.more_than", { time: inUnits.format(from / unit) });
}

/** An estimate counts down to this much past its end; then it was wrong, and is not told. */
const OVERDUE_MS = 10_000;

/** What is left until an estimated moment; empty where that is not known.
 * @param {number|null|undefined} readyAt @param {boolean} [isBrief] where there is little room */
export function remaining(readyAt, isBrief = false) {
  const ms = readyAt ? readyAt - Date.now() : -Infinity;
  if (ms < -OVERDUE_MS) return "";
  return ms < 4_000 ? t("time.ready_soon") : t(isBrief ? "time.in" : "time.ready_in", { time: span(ms) });
}

/** How many are done of all, and how long the rest takes, if that is known.
 * @param {number} done @param {number} total @param {string} left */
export const ofAll = (done, total, left) =>
  [t("progress.of_all", { done, total }), left].filter(Boolean).join(" · ");

/** What a prediction is doing, or what came of it.
 * @param {import("./store.js").Prediction|null} prediction
 * @param {import("./selectors.js").Work|null} work */
export function status(prediction, work) {
  if (!prediction) return "";
  if (prediction.state === "running") {
    const stage = work?.stage;
    if (!stage) return t("stage.starting");
    return Object.hasOwn(STAGES, stage) ? t(STAGES[stage]) : sentenceCase(stage);
  }
  const found = prediction.state === "succeeded" ? summary(prediction) : "";
  if (prediction.state !== "queued") return found || stateWord(prediction.state);
  if (work?.waiting) return t("waiting.why", { why: told(work.waiting) });
  const place = work?.queuePosition;
  const others = place && place > 1 ? t("waiting.before", { count: place - 1 }) : null;
  const turn = others ?? t(place ? "waiting.next" : "state.queued");
  const left = remaining(work?.readyAt);
  return left ? t("waiting.both", { place: turn, left }) : turn;
}

/** The same where there is room for one of both: when it is ready, or else what is before it.
 * @param {import("./store.js").Prediction|null} prediction
 * @param {import("./selectors.js").Work|null} work */
export function shortStatus(prediction, work) {
  const isInLine = prediction?.state === "queued" && !work?.waiting;
  return (isInLine && sentenceCase(remaining(work?.readyAt, true))) || status(prediction, work);
}

const MOST_CHARACTERS = 100_000;

/** What was read, line by line; of a model that tells no regions, the lines of its text.
 * @param {import("server").TextOutput} output
 * @returns {import("./selectors.js").Region[]} */
export function linesOf({ regions, text }) {
  if (regions.length) return regions;
  const lines = (text ?? "").slice(0, MOST_CHARACTERS).split("\n").filter((line) => line.trim());
  return lines.map((line) => ({ polygon: [], text: line }));
}

const LETTERS = {
  ko: /\p{Script=Hangul}/gu,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
};
const HAN = /\p{Script=Han}/u;

/** In which of the languages that share letters a text is, so that it is shown in the one's font: by
 * the letters that only one of them has; "" where none is told.
 * @param {string} text @returns {"ko"|"ja"|"zh"|""} */
export function languageIn(text) {
  const ko = text.match(LETTERS.ko)?.length ?? 0;
  const ja = text.match(LETTERS.ja)?.length ?? 0;
  if (ko + ja > 0) return ko > ja ? "ko" : "ja";
  return HAN.test(text) ? "zh" : "";
}

/** What was found, in a few words. @param {import("./store.js").Prediction} prediction */
export function summary({ output }) {
  if (output?.kind === "text") {
    const { length } = linesOf(output);
    if (length) return t("result.lines", { count: length });
    const isUnread = output.notes?.some(({ code }) => code === "script_not_readable");
    return t(isUnread ? "result.unread" : "result.no_text");
  }
  if (output?.kind === "labels") return output.labels[0]?.label ?? t("result.no_label");
  if (output?.kind === "raw") return t("result.tensors", { count: Object.keys(output.tensors).length });
  if (output?.kind === "image") return `${output.width} × ${output.height}`;
  return "";
}

/** Why a prediction failed. @param {import("./store.js").Prediction} prediction
 * @param {(name: string) => string} titleOf what people call a model */
export function problem({ error, model }, titleOf) {
  if (error?.code === "model_not_found") return t("problem.model_gone", { title: titleOf(model) });
  return error ? told(error) : "";
}

/** A file's name without what turns the direction of letters, so that its end is its end.
 * Source: Unicode Standard Annex 9, 2. @param {string} name */
export function shownName(name) {
  return name.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

const TAIL = 7;
const letters = new Intl.Segmenter(locale);

/** A name in two parts, the second of which is its ending and a few letters before: where there is
 * no room for all of it, the first is cut, since cameras count at the end. @param {string} name */
export function nameParts(name) {
  const all = [...letters.segment(name)].map(({ segment }) => segment);
  const stem = name.replace(/\.[^.]{1,5}$/, "");
  const tail = Math.min(all.length, TAIL, [...letters.segment(name.slice(stem.length))].length + 3);
  return [all.slice(0, -tail).join(""), all.slice(-tail).join("")];
}

/** The most letters of a name within a sentence, and how many of them are its beginning. */
const SENTENCE = { most: 40, head: 24 };

/** A name that leaves room for the rest of its sentence. @param {string} name */
export function shortName(name) {
  const all = [...letters.segment(name)].map(({ segment }) => segment);
  if (all.length <= SENTENCE.most) return name;
  return `${all.slice(0, SENTENCE.head).join("")}…${nameParts(name)[1]}`;
}

/** The name of an image, with its page where its file has several.
 * @param {{name: string, page?: number, pages?: number}} image */
export function imageName({ name, page = 1, pages = 1 }) {
  return pages > 1 ? t("photo.with_page", { name: shownName(name), page }) : shownName(name);
}

/** @param {unknown} error */
export function sentence(error) {
  if (error instanceof ApiError) return error.message;
  if (error instanceof SignedOut) return t("problem.signed_out");
  return t("problem.unreachable");
}

/** A name of several words as a person would write it. @param {string} text */
export function sentenceCase(text) {
  const spaced = text.replaceAll(/[_-]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
