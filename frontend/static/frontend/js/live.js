// @ts-check
/** What a worker is doing now: it is told in passing, and never outlives its attempt.
 * @typedef {import("./store.js").State} State */

import { hasEnded } from "./order.js";

/** @param {State} state @param {import("./store.js").Progress} message @returns {State} */
export function onProgress(state, message) {
  const known = state.predictions.get(message.prediction);
  if (!known || message.attempt < known.attempt || hasEnded(known)) return state;
  let next = state;
  if (message.attempt > known.attempt) {
    // The attempt rises at each claim alone, so this prediction runs: its event is still on the way.
    const claimed = { ...known, attempt: message.attempt, state: /** @type {const} */ ("running") };
    next = { ...state, predictions: new Map(state.predictions).set(known.id, claimed) };
  }
  const before = state.live.get(known.id);
  const same = before?.attempt === message.attempt ? before : null;
  const stage = message.stage ?? null;
  const live = {
    attempt: message.attempt,
    stage,
    // A fraction is of its stage, and each stage starts anew.
    fraction: Math.max(message.fraction ?? 0, same && same.stage === stage ? same.fraction : 0),
    queuePosition: message.queue_position ?? null,
    readyAt: message.ready_at ?? null,
    waiting: message.waiting ?? null,
    partial: withPartial(same?.partial ?? null, message.partial ?? null),
  };
  return { ...next, live: new Map(state.live).set(known.id, live) };
}

/** What is known so far: a region read now takes the place of its mere outline, the rest stays.
 * @param {any} before @param {any} news */
function withPartial(before, news) {
  if (!before?.regions || !news?.regions) return news ?? before;
  const regions = new Map(before.regions.map((each) => [String(each.polygon), each]));
  for (const each of news.regions) regions.set(String(each.polygon), each);
  return { ...news, regions: [...regions.values()] };
}
