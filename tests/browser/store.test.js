// @ts-check
import { card, predictionsToRead, tally, uploadIds, uploadsToRead } from "../../frontend/static/frontend/js/selectors.js";
import { isGap, reduce } from "../../frontend/static/frontend/js/store.js";
import { equal, test } from "./harness.js";
import { after, event, image, prediction, progress, ready, snapshot, stateOf, text, upload } from "./told.js";

export { run } from "./harness.js";

test("the first ready sets where events go on from", () => {
  const state = after(ready);
  equal([state.epoch, state.seq], ["e1", 5]);
});

test("a photo that is kept in one tab is kept in the others, until it isn't any more", () => {
  const pinned = (/** @type {any} */ state) => state.images.get(41)?.pinned;
  const kept = after(snapshot(upload()), ready, event(6, "image.pinned"));
  equal([pinned(kept), pinned(reduce(kept, event(7, "image.unpinned")))], [true, false]);
});

test("a ready after a known position doesn't jump over the events that follow it", () => {
  equal(after(ready, { ...ready, seq: 9 }).seq, 5);
});

test("a reset forgets everything and takes the new position", () => {
  const state = after(ready, snapshot(upload()), { type: "reset", epoch: "e2", seq: 2 });
  equal([state.epoch, state.seq, state.uploads.size, state.predictions.size], ["e2", 2, 0, 0]);
});

test("events are applied in order", () => {
  const state = after(
    ready,
    snapshot(upload()),
    event(6, "prediction.started", prediction({ state: "running", attempt: 1 })),
    event(7, "prediction.succeeded", prediction({ state: "succeeded", attempt: 1, output: text })),
  );
  equal([stateOf(state), state.seq], [["succeeded", 1], 7]);
});

test("an event seen before is ignored", () => {
  const before = after(ready, snapshot(upload()));
  const state = reduce(before, event(5, "prediction.canceled", prediction({ state: "canceled" })));
  equal(state === before, true);
});

test("an event after a gap is not applied, and the gap is seen", () => {
  const before = after(ready, snapshot(upload()));
  const late = event(7, "prediction.canceled", prediction({ state: "canceled" }));
  equal([isGap(before, late), reduce(before, late) === before], [true, true]);
});

test("an event in order is no gap", () => {
  equal(isGap(after(ready), event(6, "upload.created")), false);
});

test("a requeue takes a running prediction back to the queue", () => {
  const state = after(
    ready,
    snapshot(upload({ images: [image({ prediction: prediction({ state: "running", attempt: 1 }) })] })),
    progress(),
    event(6, "prediction.requeued", prediction({ state: "queued", attempt: 1 })),
  );
  equal([stateOf(state), state.live.size], [["queued", 1], 0]);
});

test("an event older than what REST has told doesn't undo it", () => {
  const done = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(
    ready,
    snapshot(upload({ images: [image({ prediction: done })] })),
    event(6, "prediction.started", prediction({ state: "running", attempt: 1 })),
  );
  equal(stateOf(state), ["succeeded", 1]);
});

test("a retry queues an ended prediction again", () => {
  const failed = prediction({ state: "failed", attempt: 3 });
  const state = after(
    snapshot(upload({ images: [image({ prediction: failed })] })),
    { type: "retried", prediction: prediction({ state: "queued", attempt: 3 }) },
  );
  equal(stateOf(state), ["queued", 3]);
});

test("a late answer to a retry doesn't undo the run that followed", () => {
  const state = after(
    snapshot(upload({ images: [image({ prediction: prediction({ state: "running", attempt: 4 }) })] })),
    { type: "retried", prediction: prediction({ state: "queued", attempt: 3 }) },
  );
  equal(stateOf(state), ["running", 4]);
});

test("a snapshot never moves a prediction to an older state", () => {
  const running = prediction({ state: "running", attempt: 1 });
  const state = after(
    ready,
    event(6, "prediction.succeeded", prediction({ state: "succeeded", attempt: 1, output: text })),
    snapshot(upload({ images: [image({ prediction: running })] })),
  );
  equal(stateOf(state), ["succeeded", 1]);
});

test("a snapshot never moves a prediction to an older attempt", () => {
  const state = after(
    ready,
    event(6, "prediction.requeued", prediction({ state: "queued", attempt: 2 })),
    snapshot(upload({ images: [image({ prediction: prediction({ state: "running", attempt: 1 }) })] })),
  );
  equal(stateOf(state), ["queued", 2]);
});

test("a snapshot moves a prediction on", () => {
  const done = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(snapshot(upload()), snapshot(upload({ images: [image({ prediction: done })] })));
  equal(stateOf(state), ["succeeded", 1]);
});

test("an event that comes before the page with its upload is kept", () => {
  const done = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(ready, event(6, "prediction.succeeded", done), snapshot(upload()));
  equal(card(state, 41)?.prediction?.state, "succeeded");
});

test("an upload that an event announces is to be read, until it is", () => {
  const announced = after(ready, event(6, "upload.created"));
  equal(uploadsToRead(announced), [13]);
  equal(uploadsToRead(reduce(announced, snapshot(upload()))), []);
});

test("a deleted upload takes its photos and predictions with it", () => {
  const state = after(ready, snapshot(upload()), event(6, "upload.deleted"));
  equal([uploadIds(state), state.images.size, state.predictions.size], [[], 0, 0]);
});

test("a deleted upload never comes back by a late page, event or progress", () => {
  const state = after(
    ready,
    snapshot(upload()),
    { type: "removed", upload: 13 },
    snapshot(upload()),
    event(6, "prediction.started", prediction({ state: "running", attempt: 1 })),
    progress(),
  );
  equal([uploadIds(state), state.predictions.size, state.live.size, state.seq], [[], 0, 0, 6]);
});

test("success brings the thumbnail", () => {
  const done = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(ready, snapshot(upload()), event(6, "prediction.succeeded", done));
  equal(state.images.get(41)?.thumbnail, "/api/images/41/thumbnail/");
});

test("an output too large for the socket is to be read, until it is", () => {
  const cut = prediction({ state: "succeeded", attempt: 1, truncated: true });
  const whole = prediction({ state: "succeeded", attempt: 1, output: text });
  const state = after(ready, snapshot(upload()), event(6, "prediction.succeeded", cut));
  equal(predictionsToRead(state), [77]);
  const read = reduce(state, { type: "snapshot", predictions: [whole] });
  equal([predictionsToRead(read), read.predictions.get(77)?.output], [[], text]);
});

test("a card shows the image's newest prediction", () => {
  const newer = prediction({ id: 80, model: "digits" });
  const state = after(ready, snapshot(upload()), event(6, "prediction.queued", newer));
  equal(card(state, 41)?.prediction?.model, "digits");
});

test("older predictions read later don't hide the newest", () => {
  const older = prediction({ id: 70, model: "digits" });
  const state = after(snapshot(upload()), { type: "snapshot", predictions: [older] });
  equal(card(state, 41)?.prediction?.id, 77);
});

test("uploads are listed newest first", () => {
  const newer = upload({ id: 14, images: [image({ id: 42, upload: 14, prediction: null })] });
  equal(uploadIds(after(snapshot(upload()), snapshot(newer))), [14, 13]);
});

test("a tally counts each photo by its newest prediction", () => {
  const state = after(snapshot(upload()), progress());
  equal(tally(state, [41]), { queued: 0, running: 1, succeeded: 0, failed: 0, canceled: 0 });
});

test("archiving is noted on the image", () => {
  const state = after(ready, snapshot(upload()), { ...event(6, "image.archived"), at: "2030" });
  equal(state.images.get(41)?.archived_at, "2030");
});

test("a thumbnail is shown as soon as it is made, whatever becomes of the prediction", () => {
  const thumbnail = "/api/images/41/thumbnail/";
  const made = { ...event(6, "image.thumbnailed"), data: { id: 41, thumbnail, thumbhash: "AAAA" } };
  equal(after(ready, snapshot(upload()), made).images.get(41)?.thumbnail, thumbnail);
  equal(after(ready, made, snapshot(upload())).images.get(41)?.thumbhash, "AAAA");
  equal(after(ready, snapshot(upload()), made, snapshot(upload())).images.get(41)?.thumbhash, "AAAA");
  // Also of an image that is still being read, by an answer from before.
  equal(after(ready, made, snapshot(upload())).images.get(41)?.thumbnail, thumbnail);
});

test("what hasn't changed stays the same object, so that its card isn't drawn again", () => {
  const two = upload({ images: [image(), image({ id: 42, prediction: prediction({ id: 78, image: 42 }) })] });
  const before = after(snapshot(two));
  const state = reduce(before, progress());
  equal(
    [state.images === before.images, state.predictions.get(78) === before.predictions.get(78)],
    [true, true],
  );
});

test("a message of an unknown type changes nothing", () => {
  const before = after(ready);
  equal(reduce(before, { type: "greeting" }) === before, true);
});

const listed = (/** @type {any} */ more = {}) => {
  const { prediction: first, ...facts } = image();
  return { ...facts, created_at: "2026-01-01T00:00:00Z", runs: [first, prediction({ id: 78 })], ...more };
};

test("images that come by themselves make up their uploads, page by page", () => {
  const state = after(
    { type: "snapshot", images: [listed({ id: 42, runs: [] }), listed()] },
    { type: "snapshot", images: [listed({ id: 43, runs: [] })] },
  );
  equal(state.uploads.get(13), { id: 13, created_at: "2026-01-01T00:00:00Z", imageIds: [41, 42, 43] });
  equal(state.images.get(41)?.predictionIds, [77, 78]);
});

test("a deleted image never comes back, and its upload goes with the last one", () => {
  const state = after(
    ready,
    { type: "snapshot", images: [listed(), listed({ id: 42, runs: [] })] },
    { ...event(6, "image.deleted"), image: 41 },
    { type: "snapshot", images: [listed()] },
    event(7, "prediction.canceled", prediction({ state: "canceled" })),
  );
  equal([[...state.images.keys()], state.predictions.size, state.seq], [[42], 0, 7]);
  equal(uploadIds(reduce(state, { type: "removed", image: 42 })), []);
});
