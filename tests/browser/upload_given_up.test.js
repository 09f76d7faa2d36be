// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { Pending } from "../../frontend/static/frontend/js/view/pending.js";
import { FakeTray, settled } from "./fakes.js";
import { equal, test } from "./harness.js";
import { photos, request, states, upload, uploader } from "./uploader.js";

export { run } from "./harness.js";

test("what is being sent can be canceled, and the next goes on", async () => {
  const { subject, sent, accepted } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  sent[0].onProgress(0.5);
  subject.cancel(subject.batches.slice(0, 1));
  await settled();
  equal([sent[0].signal.aborted, sent[1].names, states(subject)], [true, ["a.jpg", "b.jpg"], ["sending"]]);
  await sent[0].resolve(upload(1));
  equal(accepted.length, 0);
});

test("all can be canceled at once, those waiting for another try too", async () => {
  const { subject, sent, clock } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  await sent[0].reject(new TypeError("network"));
  subject.cancel(subject.batches);
  equal([subject.batches.length, subject.isBusy, clock.waiting], [0, false, 0]);
  await clock.pass(60_000);
  equal(sent.length, 1);
});

test("what the server has all of when it is canceled is removed there", async () => {
  const { subject, sent, accepted, unwanted } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  sent[0].onProgress(1);
  subject.cancel(subject.batches);
  equal([sent[0].signal.aborted, states(subject), subject.isBusy], [false, ["canceling"], true]);
  await sent[0].resolve(upload(9));
  equal([unwanted, accepted.length, subject.batches.length], [[9], 0, 0]);
});

test("what waits for another try is canceled at once, however much of it had been sent", async () => {
  const { subject, sent, clock } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  sent[0].onProgress(1);
  await sent[0].reject(new TypeError("network"));
  subject.cancel(subject.batches);
  await clock.pass(60_000);
  equal([sent.length, subject.batches.length], [1, 0]);
});

test("a canceled request that then fails is not tried again", async () => {
  const { subject, sent, unwanted, clock } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  sent[0].onProgress(1);
  subject.cancel(subject.batches);
  await sent[0].reject(new TypeError("network"));
  await clock.pass(60_000);
  equal([sent.length, unwanted, subject.batches.length], [1, [], 0]);
});

test("files chosen before signing out are not sent when they have been judged", async () => {
  const { subject, sent } = uploader();
  void subject.add(photos("a.jpg"), request);
  subject.stop();
  await settled();
  equal([sent.length, subject.batches.length], [0, 0]);
});

test("what was not sent when the page was left is sent on, under its own key", async () => {
  const first = uploader();
  void first.subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  equal([first.tray.kept.size, first.subject.wouldLose], [2, false]);
  const { subject, sent, tray, accepted } = uploader(first.tray);
  void subject.start();
  await settled();
  equal([sent[0].names, sent[0].key === first.sent[0].key], [["c.jpg"], true]);
  await sent[0].resolve(upload(1));
  await sent[1].resolve(upload(2));
  equal([accepted.map(({ names }) => names), tray.kept.size], [[["c.jpg"], ["a.jpg", "b.jpg"]], 0]);
});

test("what was canceled, refused or sent is not kept", async () => {
  const { subject, sent, tray } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"), request);
  await settled();
  subject.cancel(subject.batches.slice(0, 1));
  await settled();
  await sent[1].reject(new ApiError(400, { code: "model_not_found", message: "No such model." }));
  equal([tray.kept.size, states(subject)], [1, ["refused", "sending"]]);
});

test("leaving the page would lose what the browser had no room for, which is said while it is so", async () => {
  const tray = new FakeTray();
  tray.hasRoom = false;
  const { subject, sent } = uploader(tray);
  const pending = new Pending(subject);
  const said = () => (pending.render(), pending.unkept.textContent);
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([subject.isBusy, subject.wouldLose, said().includes("leave this page open")], [true, true, true]);
  await sent[0].resolve(upload(1));
  equal([subject.wouldLose, said()], [false, ""]);
});

test("what was sent before it had been kept is not kept afterwards", async () => {
  const { subject, sent, tray } = uploader();
  /** @type {any} */
  let go = null;
  const { keep } = tray;
  tray.keep = async (batch) => {
    await new Promise((resolve) => (go = resolve));
    return keep(batch);
  };
  void subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].resolve(upload(1));
  go();
  await settled();
  equal(tray.kept.size, 0);
});
