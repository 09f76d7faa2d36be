// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { settled } from "./fakes.js";
import { equal, test } from "./harness.js";
import { fileOf, photos, request, states, upload, uploader } from "./uploader.js";

export { run } from "./harness.js";

test("files are sent one upload after the other from the end, each under its own key", async () => {
  const { subject, sent, accepted } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), states(subject)], [[["c.jpg"]], ["sending", "waiting"]]);
  await sent[0].resolve(upload(1));
  equal([sent[1].names, sent[0].key === sent[1].key], [["a.jpg", "b.jpg"], false]);
  await sent[1].resolve(upload(2));
  equal([accepted.length, subject.batches.length, subject.isBusy], [2, 0, false]);
});

test("the next is sent once all of the one before is with the server, and two are under way at most", async () => {
  const { subject, sent } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"), request);
  await settled();
  sent[0].onProgress(0.9);
  await settled();
  equal(sent.length, 1);
  sent[0].onProgress(1);
  await settled();
  sent[1].onProgress(1);
  await settled();
  equal([sent.map(({ names }) => names), states(subject)],
    [[["e.jpg"], ["c.jpg", "d.jpg"]], ["sending", "sending", "waiting"]]);
  await sent[0].resolve(upload(1));
  equal(sent.length, 3);
});

test("what is paused is sent from its beginning under its own key when it goes on", async () => {
  const { subject, sent, tray, clock, accepted } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  sent[0].onProgress(0.5);
  subject.pause(true);
  await clock.pass(60_000);
  void subject.add(photos("d.jpg"), request);
  await settled();
  equal([sent.length, sent[0].signal.aborted, states(subject)], [1, true, ["waiting", "waiting", "waiting"]]);
  equal([subject.isPaused, subject.isSending, subject.wouldLose, tray.kept.size], [true, false, false, 3]);
  subject.pause(false);
  await settled();
  equal([sent[1].names, sent[1].key === sent[0].key], [["c.jpg"], true]);
  for (let at = 1; at < 4; at += 1) await sent[at].resolve(upload(at));
  equal([accepted.length, subject.batches.length], [3, 0]);
});

test("what the server has all of goes its way when the rest is paused", async () => {
  const { subject, sent, accepted } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  sent[0].onProgress(1);
  subject.pause(true);
  equal([sent[0].signal.aborted, states(subject)], [false, ["sending"]]);
  await sent[0].resolve(upload(1));
  void subject.add(photos("b.jpg"), request);
  await settled();
  equal([accepted.length, sent.length, subject.isPaused], [1, 2, false]);
});

test("a lost answer is asked for again under the same key", async () => {
  const { subject, sent, clock, accepted } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new TypeError("network"));
  await clock.pass(1_000);
  equal(sent.map(({ key }) => key === sent[0].key), [true, true]);
  await sent[1].resolve(upload(1));
  equal(accepted.length, 1);
});

test("stopping gives up what is being sent and forgets what waits", async () => {
  const { subject, sent, accepted, clock } = uploader();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  subject.stop();
  equal([sent[0].signal.aborted, subject.batches.length, subject.isBusy], [true, 0, false]);
  await sent[0].resolve(upload(1));
  await clock.pass(60_000);
  equal([sent.length, accepted.length, clock.waiting], [1, 0, 0]);
});

test("an answer that comes as the uploader stops is not accepted", async () => {
  const { subject, sent, accepted } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  const answered = sent[0].resolve(upload(1));
  subject.stop();
  await answered;
  equal(accepted.length, 0);
});

test("stopping ends the wait for another try", async () => {
  const { subject, sent, clock } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new TypeError("network"));
  subject.stop();
  equal(clock.waiting, 0);
  await clock.pass(60_000);
  equal(sent.length, 1);
});

test("a stopped uploader takes no more files", async () => {
  const { subject, sent } = uploader();
  subject.stop();
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([sent.length, subject.batches.length], [0, 0]);
});

test("an answer of the server that may pass is waited out", async () => {
  const { subject, sent, clock } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new ApiError(503, { message: "Later." }, "2"));
  equal(subject.batches[0].message, "Later.");
  await clock.pass(1_900);
  equal(sent.length, 1);
  await clock.pass(200);
  equal(sent.length, 2);
});

test("a server that can't be reached is tried until it can, and at once when there is a network again", async () => {
  const { subject, sent, clock, accepted } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  for (let at = 0; at < 20; at += 1) {
    await sent[at].reject(new TypeError("network"));
    await clock.pass(15_000);
  }
  equal([sent.length, states(subject), subject.batches[0].message], [21, ["sending"], "The server can't be reached just now."]);
  await sent[20].reject(new TypeError("network"));
  window.dispatchEvent(new Event("online"));
  await settled();
  equal([sent.length, clock.waiting], [22, 0]);
  await sent[21].resolve(upload(1));
  equal([accepted.length, new Set(sent.map(({ key }) => key)).size], [1, 1]);
});

test("a file that was removed since it was chosen is given up with its reason, and not tried for ever", async () => {
  const { subject, sent, clock } = uploader();
  const [file] = photos("a.jpg");
  void subject.add([file], request);
  await settled();
  Object.defineProperty(file, "slice", { value: () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }) });
  for (let at = 0; at < 5; at += 1) {
    await sent[at].reject(new TypeError("network"));
    await clock.pass(15_000);
  }
  equal([sent.length, states(subject), subject.batches[0].message], [5, ["failed"], "The browser can't read it."]);
});

const notes = () => fileOf("notes.txt", 1, 2, 3, 4);

test("a model that can't be started holds back no photo for another one", async () => {
  const { subject, sent, clock, accepted, refusals } = uploader();
  const unavailable = new ApiError(503, { code: "model_unavailable", message: "Later." }, "9");
  void subject.add(photos("a.jpg"), request);
  void subject.add(photos("b.jpg"), { ...request, model: "other" });
  await settled();
  await sent[0].reject(unavailable);
  equal(refusals, ["model_unavailable"]);
  equal([sent.map(({ names }) => names), states(subject)], [[["a.jpg"], ["b.jpg"]], ["sending", "sending"]]);
  await clock.pass(9_000);
  equal(sent.length, 2);
  await sent[1].resolve(upload(1));
  equal([accepted.length, sent[2].names, sent[2].key], [1, ["a.jpg"], sent[0].key]);
  for (const index of [2, 3, 4, 5]) {
    await sent[index].reject(unavailable);
    await clock.pass(9_000);
  }
  equal([sent.length, states(subject)], [6, ["failed"]]);
  subject.tryAgain(subject.batches);
  await settled();
  await sent[6].reject(unavailable);
  subject.cancel(subject.batches);
  await clock.pass(9_000);
  equal([sent.length, subject.isBusy], [7, false]);
});

test("files that can't be used hold back no others", async () => {
  const { subject, sent } = uploader();
  void subject.add([notes(), ...photos("a.jpg"), notes()], request);
  await settled();
  equal(sent.map(({ names }) => names), [["a.jpg"]]);
  equal([subject.refused.all.length, subject.refused.judged], [2, 3]);
});

test("refusals of several choices are one list until it is dismissed", async () => {
  const { subject } = uploader();
  void subject.add([notes()], request);
  void subject.add(photos("a.jpg"), request);
  void subject.add([notes(), ...photos("b.jpg")], request);
  await settled();
  equal([subject.refused.all.length, subject.refused.judged], [2, 3]);
  subject.dismissRefusals();
  equal([subject.refused.all.length, subject.refused.judged], [0, 0]);
});

test("what the server rejects joins the list, and the rest is accepted", async () => {
  const { subject, sent, accepted } = uploader();
  void subject.add([notes(), ...photos("a.jpg", "b.jpg")], request);
  await settled();
  const rejected = [{ position: 1, name: "b.jpg", code: "too_many_pixels", message: "Too large." }];
  await sent[0].resolve({ ...upload(1), rejected });
  equal(subject.refused.all.map(({ name }) => name), ["notes.txt", "b.jpg"]);
  equal([subject.refused.judged, accepted.length, subject.batches.length], [3, 1, 0]);
});

test("a request without any good file joins the list too", async () => {
  const { subject, sent } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  const errors = [{ position: 0, name: "a.jpg", code: "unsupported_format", message: "No." }];
  await sent[0].reject(new ApiError(400, { code: "unsupported_format", message: "No.", errors }));
  equal([subject.refused.all.map(({ name }) => name), subject.batches.length], [["a.jpg"], 0]);
});

test("a refusal of the request itself stands with its sentence", async () => {
  const { subject, sent } = uploader();
  void subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new ApiError(400, { code: "model_not_found", message: "No such model." }));
  equal([states(subject), subject.batches[0].message], [["refused"], "No such model."]);
});
