// @ts-check
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { timeLeft, workload } from "../../frontend/static/frontend/js/workload.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const NOW = Date.parse("2026-03-01T10:10:00Z");

/** @param {number} minute @param {number} [second] */
const at = (minute, second = 0) =>
  new Date(Date.parse("2026-03-01T10:00:00Z") + minute * 60_000 + second * 1_000).toISOString();

/** @param {number} id @param {string} state @param {string} created @param {any} [more] */
const prediction = (id, state, created, more = {}) => ({
  id, image: id, upload: 1, model: "ocr", state, attempt: state === "queued" ? 0 : 1, created_at: created,
  started_at: null, finished_at: null, queue_position: null, output: null, error: null, ...more,
});

/** @param {number} id @param {string} created @param {string} finished @param {any} [more] */
const done = (id, created, finished, more = {}) =>
  prediction(id, "succeeded", created, { started_at: created, finished_at: finished, ...more });

/** @param {any[]} predictions */
const holding = (...predictions) => reduce(initialState(), { type: "snapshot", predictions });

/** @param {any[]} predictions */
const counted = (...predictions) => {
  const work = workload(holding(...predictions));
  return work && [work.done, work.total];
};

test("where all has ended there is nothing to be done", () => {
  equal(counted(done(1, at(0), at(1)), prediction(2, "canceled", at(0))), null);
});

test("several requests are one while the queue doesn't run empty between them", () => {
  equal(
    counted(done(1, at(1), at(3)), done(2, at(2), at(5)), prediction(3, "running", at(4))),
    [2, 3],
  );
});

test("what had ended before is not of it, and what was canceled is not either", () => {
  const canceled = prediction(3, "canceled", at(4), { finished_at: at(5) });
  equal(counted(done(1, at(0), at(1)), canceled, prediction(2, "queued", at(4))), [0, 1]);
});

test("what is tried again doesn't bring back all that was done since it was made", () => {
  const again = prediction(1, "queued", at(0), { attempt: 1 });
  equal(counted(again, done(2, at(1), at(2))), [0, 1]);
  const running = prediction(1, "running", at(0), { attempt: 2, started_at: at(8) });
  equal(counted(running, done(2, at(1), at(2)), done(3, at(8), at(9))), [1, 2]);
});

test("the rest takes as long as the latest took", () => {
  const ended = [1, 2, 3, 4, 5].map((id) => done(id, at(0), at(1, id * 2)));
  const state = holding(...ended, prediction(6, "queued", at(0)), prediction(7, "queued", at(0)));
  equal(timeLeft(state, /** @type {any} */ (workload(state)), NOW), 4_000);
});

test("before anything is done, the server's estimate for the next tells of the last", () => {
  const queued = [1, 2, 3].map((id) => prediction(id, "queued", at(0), { queue_position: id * 10 }));
  const before = holding(...queued);
  equal(timeLeft(before, /** @type {any} */ (workload(before)), NOW), null);
  const told = { type: "progress", prediction: 1, attempt: 0, queue_position: 10, ready_at: NOW + 5_000 };
  const state = reduce(before, told);
  equal(timeLeft(state, /** @type {any} */ (workload(state)), NOW), 15_000);
});
