// @ts-check
/**
 * What is being worked on, as one: everything since the queue was last empty. A drop of many photos
 * takes several requests, and a second one may come before the first is done; who waits for them
 * waits for all.
 *
 * @typedef {import("./store.js").State} State
 * @typedef {import("./store.js").Prediction} Prediction
 * @typedef {{done: number, failed: number, total: number, endings: string[],
 * unfinished: Prediction[]}} Workload `failed` are of those done, `endings` the times, ISO 8601, at which those done were done
 */

import { hasEnded } from "./order.js";

/** @param {State} state @returns {Workload|null} null where nothing is to be done */
export function workload(state) {
  const wanted = [...state.predictions.values()].filter((each) => each.state !== "canceled");
  const unfinished = wanted.filter((each) => !hasEnded(each));
  if (unfinished.length === 0) return null;
  let since = earliest(unfinished);
  let others = wanted.filter(hasEnded);
  /** @type {Prediction[]} */
  const done = [];
  for (;;) {
    const overlapping = others.filter((each) => endOf(each) >= since);
    if (overlapping.length === 0) break;
    others = others.filter((each) => endOf(each) < since);
    done.push(...overlapping);
    since = earliest(overlapping, since);
  }
  return {
    done: done.length,
    failed: done.filter(({ state: its }) => its === "failed").length,
    total: done.length + unfinished.length,
    endings: done.map(endOf).sort(),
    unfinished,
  };
}

/** @param {Prediction} prediction that has ended */
const endOf = ({ finished_at: at }) => at ?? "";

/** When the first of these came into the queue. @param {Prediction[]} predictions
 * @param {string} [least] */
function earliest(predictions, least = "9") {
  return predictions.reduce((first, { attempt, state, created_at: created, started_at: started }) => {
    // One that is tried again was made for earlier work, and nobody says when it was requeued.
    const isAgain = attempt > 1 || (attempt === 1 && state === "queued");
    const at = isAgain ? (started ?? first) : created;
    return at < first ? at : first;
  }, least);
}

/** So many endings tell how fast it goes. */
const PACE_OF = { least: 4, most: 20 };

/** Whether what was done tells how fast it goes; until then the server's estimates do, which change.
 * @param {Workload} work */
export const isMeasured = ({ endings }) => endings.length >= PACE_OF.least;

/** How long the rest takes, in milliseconds; null where nothing tells.
 * @param {State} state @param {Workload} work @param {number} now as `Date.now()` */
export function timeLeft(state, work, now) {
  const { endings, unfinished } = work;
  if (isMeasured(work)) {
    const latest = endings.slice(-PACE_OF.most);
    const span = Date.parse(latest.at(-1) ?? "") - Date.parse(latest[0]);
    return (span / (latest.length - 1)) * unfinished.length;
  }
  // The server tells of the next ones when they will be ready; the last takes as long in proportion.
  let pace = 0;
  let last = 1;
  for (const { id, queue_position: known } of unfinished) {
    const { queuePosition = null, readyAt = null } = state.live.get(id) ?? {};
    const place = queuePosition ?? known;
    if (place) last = Math.max(last, place);
    if (place && readyAt) pace = Math.max(pace, (readyAt - now) / place);
  }
  return pace > 0 ? pace * last : null;
}
