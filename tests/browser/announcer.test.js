// @ts-check
import { Announcer } from "../../frontend/static/frontend/js/view/announcer.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @param {number} id @param {string} state */
const prediction = (id, state) => ({
  id, image: id, upload: 1, model: "digits", state, attempt: 1, created_at: "2026-03-01T10:00:00Z",
  started_at: null, finished_at: null, queue_position: null, output: null, error: null,
});

/** A page's state of these predictions, by their states. @param {Record<number, string>} states
 * @param {{loaded?: boolean}} [how] */
function holding(states, { loaded = true } = {}) {
  const ids = Object.keys(states).map(Number);
  return /** @type {any} */ ({
    loaded,
    predictions: new Map(ids.map((id) => [id, prediction(id, states[id])])),
    images: new Map(ids.map((id) => [id, { id, name: `photo ${id}.jpg` }])),
  });
}

/** What is said after the page was in each of these states. @param {any[]} states */
function said(...states) {
  const words = /** @type {string[]} */ ([]);
  const announcer = new Announcer(document.createElement("div"), (name) => name);
  announcer.say = (text) => words.push(/photo \d+/.exec(text)?.[0] ?? text);
  for (const state of states) announcer.render(state);
  return words;
}

test("what was seen unfinished is said when it has ended", () => {
  equal(said(holding({ 7: "queued" }), holding({ 7: "running" }), holding({ 7: "succeeded" })), ["photo 7"]);
});

test("what ended before the page saw it unfinished is said too", () => {
  equal(said(holding({}), holding({ 1: "succeeded" })), ["photo 1"]);
  equal(said(holding({ 7: "succeeded" }), holding({ 7: "succeeded", 8: "failed" })), ["photo 8"]);
});

test("nothing is said of the past, whenever it is read", () => {
  const first = holding({ 7: "succeeded" }, { loaded: false });
  const more = holding({ 6: "failed", 7: "succeeded" });
  equal(said(first, { ...first, loaded: true }, more, holding({ 3: "succeeded", 6: "failed", 7: "succeeded" })), []);
});

test("what has ended is said once", () => {
  const ended = holding({ 8: "succeeded" });
  equal(said(holding({}), ended, holding({ 8: "succeeded" }), ended), ["photo 8"]);
});
