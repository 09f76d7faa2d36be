// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { Uploader } from "../../frontend/static/frontend/js/upload.js";
import { Pending } from "../../frontend/static/frontend/js/view/pending.js";
import { FakeKnown, FakeTray, fakes, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const limits = {
  max_images_per_upload: 2, max_image_bytes: 1_000, max_upload_bytes: 100_000, max_image_pixels: 1,
  formats: [{ name: "JPEG", content_type: "image/jpeg", suffixes: [".jpg"] }],
};
const request = { model: "ocr", params: {}, imageType: "" };

/** A file that is read at once. @param {string} name @param {number[]} bytes */
function fileOf(name, ...bytes) {
  const file = new File([new Uint8Array(bytes)], name);
  file.slice = () => /** @type {any} */ ({ arrayBuffer: async () => new Uint8Array(bytes).buffer });
  return file;
}

const photos = (/** @type {string[]} */ ...names) =>
  names.map((name) => fileOf(name, 0xff, 0xd8, 0xff, 0xe0));

/** An uploader whose requests the test answers. @param {FakeTray} [tray]
 * @param {FakeKnown} [known] what the server has already */
function uploader(tray = new FakeTray(), known = new FakeKnown()) {
  const { clock } = fakes();
  /** @type {{key: string, token: string, names: string[], signal: AbortSignal,
   *   onProgress: (fraction: number) => void, resolve: (upload: any) => Promise<void>,
   *   reject: (error: unknown) => Promise<void>}[]} */
  const sent = [];
  /** @type {any} */
  const send = (/** @type {string} */ _path, /** @type {FormData} */ body, /** @type {any} */ options) =>
    new Promise((resolve, reject) => {
      options.signal.throwIfAborted();
      options.signal.addEventListener("abort", () => reject(options.signal.reason));
      sent.push({
        key: options.headers["Idempotency-Key"],
        token: options.headers.Authorization,
        names: body.getAll("images").map((file) => /** @type {File} */ (file).name),
        signal: options.signal,
        onProgress: options.onProgress,
        resolve: (upload) => (resolve(upload), settled()),
        reject: (error) => (reject(error), settled()),
      });
    });
  /** @type {{upload: any, names: string[]}[]} */
  const accepted = [];
  /** @type {number[]} */
  const unwanted = [];
  /** @type {any[]} */
  const used = [];
  /** @type {any[]} */
  const refusals = [];
  const subject = new Uploader({
    signIn: /** @type {any} */ ({ accessToken: async () => "token" }),
    limits,
    onAccepted: (upload, files) => accepted.push({ upload, names: files.map(({ name }) => name) }),
    onUnwanted: (id) => unwanted.push(id),
    onUse: (files) => used.push(...files.map(({ images }) => images[0]?.id)),
    known,
    onRefusal: (/** @type {any} */ error) => refusals.push(error.code),
    onChange: () => {},
    tray: /** @type {any} */ (tray),
    send,
  });
  return { tray, clock, sent, accepted, unwanted, used, known, refusals, subject };
}

const upload = (/** @type {number} */ id) => ({ id, images: [], rejected: [] });

const states = (/** @type {Uploader} */ { batches }) => batches.map(({ state }) => state);

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

/** Uploader of a user whose photos with these names are there already, by image id.
 * @param {Record<string, number>} ids @param {FakeTray} [tray] */
const knowing = (ids, tray) => uploader(tray, new FakeKnown(ids));

const asked = (/** @type {Uploader} */ { inquiry }) =>
  inquiry.open.map(({ items }) => items.map(({ file }) => file.name));

test("what the server has already waits for an answer, and holds back no others", async () => {
  const { subject, sent, accepted } = knowing({ "b.jpg": 7 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
  await sent[0].resolve(upload(1));
  equal([accepted.length, sent.length, subject.isBusy, subject.wouldLose], [1, 1, false, false]);
});

test("what is there is used, or sent all the same, as a person says", async () => {
  const { subject, sent, used, tray } = knowing({ "a.jpg": 6, "b.jpg": 7 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  subject.inquiry.answer("use");
  await settled();
  equal([used, sent.length, subject.batches.length, tray.kept.size], [[6, 7], 0, 0, 0]);
  void subject.add(photos("a.jpg"), request);
  await settled();
  subject.inquiry.answer("send");
  await settled();
  equal([used.length, sent.map(({ names }) => names), asked(subject)], [2, [["a.jpg"]], []]);
});

test("an answer holds for what is found of the same choice later", async () => {
  const { subject, sent, used, known } = knowing({ "a.jpg": 5, "c.jpg": 7 });
  known.hold();
  void subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  await known.letOneGo();
  equal(asked(subject), [["c.jpg"]]);
  subject.inquiry.answer("use");
  await known.letAllGo();
  equal([used, sent.map(({ names }) => names), asked(subject)], [[5, 7], [["b.jpg"]], []]);
});

test("a photo that was deleted meanwhile is sent, without an answer and with one", async () => {
  const { subject, sent, used, known } = knowing({ "a.jpg": 6, "b.jpg": 7, "c.jpg": 8 });
  void subject.add(photos("a.jpg", "b.jpg"), request);
  await settled();
  known.ids = { "b.jpg": 7, "c.jpg": 8 };
  subject.inquiry.photosGone(({ id }) => id === 6);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
  known.ids = {};
  await sent[0].resolve(upload(1));
  subject.inquiry.answer("use");
  await settled();
  equal([used, sent[1].names, asked(subject)], [[], ["b.jpg"], []]);
});

test("the question is there again after a reload, and what was sent meanwhile is asked about no more", async () => {
  const first = knowing({ "b.jpg": 7, "c.jpg": 8 });
  void first.subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  equal(first.tray.kept.size, 3);
  const { subject, sent, used } = knowing({ "a.jpg": 1, "b.jpg": 7, "c.jpg": 8 }, first.tray);
  void subject.start();
  await settled();
  equal([sent.map(({ names }) => names), asked(subject).flat().toSorted()], [[["a.jpg"]], ["b.jpg", "c.jpg"]]);
  equal(new Set(subject.inquiry.open.map(({ choice }) => choice)).size, 1);
  subject.inquiry.answer("use");
  await settled();
  equal(used.toSorted(), [7, 8]);
});

test("where nothing can be found out photos are sent, but none that a person was asked about", async () => {
  const first = knowing({ "b.jpg": 7 });
  void first.subject.add(photos("b.jpg"), request);
  await settled();
  const { subject, sent, known } = knowing({}, first.tray);
  known.isAway = true;
  void subject.start();
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), asked(subject)], [[["a.jpg"]], [["b.jpg"]]]);
});

test("what is being looked up can be canceled", async () => {
  const { subject, sent, known } = knowing({});
  known.hold();
  void subject.add(photos("a.jpg"), request);
  await settled();
  equal([subject.isBusy, subject.wouldLose], [true, true]);
  subject.cancel(subject.batches);
  await known.letAllGo();
  equal([sent.length, subject.batches.length, subject.isBusy], [0, 0, false]);
});
