// @ts-check
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { Overview } from "../../frontend/static/frontend/js/view/overview.js";
import { fakes } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @param {number} id @param {string} [state] @param {string|null} [finished] */
const prediction = (id, state = "queued", finished = null) => ({
  id, image: id, upload: 1, model: "ocr", state, attempt: 0, created_at: "2026-03-01T10:00:00Z",
  started_at: null, finished_at: finished, queue_position: id, output: null, error: null,
});

const holding = (/** @type {any[]} */ ...predictions) =>
  reduce(initialState(), { type: "snapshot", predictions });

function drawn() {
  const { clock } = fakes();
  /** @type {number[][]} */
  const canceled = [];
  const subject = new Overview((ids) => canceled.push(ids));
  return { clock, canceled, subject, text: () => subject.text.textContent };
}

test("all that is to be done is told together, with what is not sent yet, in the title too", () => {
  const { subject, text, canceled } = drawn();
  const done = prediction(1, "succeeded", "2026-03-01T10:00:09Z");
  subject.render(holding(done, prediction(2), prediction(3)), 7);
  equal([text(), document.title, subject.bar.value, subject.bar.max], ["1 of 10", "1 of 10 – Darkroom", 1, 10]);
  subject.cancel.click();
  equal(canceled, [[2, 3]]);
  subject.render(holding(done), 0);
  equal([subject.element.hidden, document.title], [true, "Darkroom"]);
});

test("an estimate of the server is told as soon as it comes, and counts down", () => {
  const { subject, text, clock } = drawn();
  const state = holding(prediction(1), prediction(2));
  subject.render(state, 0);
  equal(text(), "0 of 2");
  const told = { type: "progress", prediction: 1, attempt: 0, queue_position: 1, ready_at: clock.now + 20_000 };
  subject.render(reduce(state, told), 0);
  equal(text(), "0 of 2 · 30–50 sec");
  clock.now += 25_000;
  subject.tick();
  equal(text(), "0 of 2 · 10–20 sec");
});

test("a photo alone needs no such line", () => {
  const { subject } = drawn();
  subject.render(holding(prediction(1)), 0);
  equal([subject.element.hidden, document.title], [true, "0 of 1 – Darkroom"]);
});
