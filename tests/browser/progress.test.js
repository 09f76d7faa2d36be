// @ts-check
import { work } from "../../frontend/static/frontend/js/selectors.js";
import { reduce } from "../../frontend/static/frontend/js/store.js";
import { equal, test } from "./harness.js";
import { after, event, image, prediction, progress, ready, snapshot, stateOf, text, upload } from "./told.js";

export { run } from "./harness.js";

test("progress shows stage, fraction and what was found so far", () => {
  const found = [{ polygon: [[0, 0]], text: "x" }];
  const state = after(snapshot(upload()), progress({ partial: { regions: found } }));
  const { stage, fraction, regions } = work(state, 77) ?? {};
  equal([stage, fraction, regions], ["detect", 0.5, found]);
});

test("why nothing takes a photo is known from REST, and then from what is told live", () => {
  const why = { code: "model_unavailable", message: "The model 'ocr' can't be started right now." };
  const before = after(snapshot(upload({ images: [image({ prediction: prediction({ waiting: why }) })] })));
  equal(work(before, 77)?.waiting, why);
  const place = progress({ attempt: 0, stage: null, fraction: 0, queue_position: 1 });
  equal(work(reduce(before, place), 77)?.waiting, null);
  equal(work(reduce(before, { ...place, waiting: why }), 77)?.waiting, why);
});

test("progress of a later attempt says that the prediction runs", () => {
  equal(stateOf(after(snapshot(upload()), progress())), ["running", 1]);
});

test("progress of an older attempt is ignored", () => {
  const running = prediction({ state: "running", attempt: 2 });
  const before = after(snapshot(upload({ images: [image({ prediction: running })] })));
  equal(reduce(before, progress()) === before, true);
});

test("progress of an ended prediction is ignored", () => {
  const ended = prediction({ state: "canceled", attempt: 1 });
  const before = after(snapshot(upload({ images: [image({ prediction: ended })] })));
  equal(reduce(before, progress()) === before, true);
});

test("progress of an unknown prediction is ignored", () => {
  const before = after(ready);
  equal(reduce(before, progress()) === before, true);
});

test("within a stage the bar never goes back, and the next stage starts anew", () => {
  const before = after(snapshot(upload()), progress({ fraction: 0.5 }), progress({ fraction: 0.3 }));
  equal(work(before, 77)?.fraction, 0.5);
  equal(work(reduce(before, progress({ stage: "recognize", fraction: 0.1 })), 77)?.fraction, 0.1);
});

test("found regions stay, and a read one takes the place of its outline", () => {
  const [first, second] = [{ polygon: [[0, 0]] }, { polygon: [[5, 5]] }];
  const state = after(
    snapshot(upload()),
    progress({ partial: { regions: [first, second] } }),
    progress({ partial: { regions: [{ ...first, text: "x" }] } }),
    progress(),
  );
  equal(work(state, 77)?.regions, [{ ...first, text: "x" }, second]);
});

test("a new attempt starts its bar anew", () => {
  const state = after(snapshot(upload()), progress({ fraction: 0.9 }), progress({ attempt: 2, fraction: 0.1 }));
  equal(work(state, 77)?.fraction, 0.1);
});

test("the end of a prediction clears its progress", () => {
  const done = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(ready, snapshot(upload()), progress(), event(6, "prediction.succeeded", done));
  equal([state.live.size, work(state, 77)], [0, null]);
});

test("after a reload the bar shows what REST knows", () => {
  const running = prediction({ state: "running", attempt: 1, stage: "recognize", progress: 0.4 });
  const state = after(snapshot(upload({ images: [image({ prediction: running })] })));
  const { stage, fraction } = work(state, 77) ?? {};
  equal([stage, fraction], ["recognize", 0.4]);
});
