// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { SignedOut } from "../../frontend/static/frontend/js/sign_in.js";
import { Uploader } from "../../frontend/static/frontend/js/upload.js";
import { fakes, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const limits = {
  max_images_per_upload: 2, max_image_bytes: 1_000, max_upload_bytes: 100_000, max_image_pixels: 1,
};
const request = { model: "ocr", params: {}, imageType: "" };

const photos = (/** @type {string[]} */ ...names) =>
  names.map((name) => new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1])], name));

/** An uploader whose requests the test answers. */
function uploader() {
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
  const signIn = { isOver: false, accessToken: async () => {
    if (signIn.isOver) throw new SignedOut();
    return "token";
  } };
  const subject = new Uploader({
    signIn: /** @type {any} */ (signIn),
    limits,
    onAccepted: (upload, files) => accepted.push({ upload, names: files.map(({ name }) => name) }),
    onChange: () => {},
    send,
  });
  return { clock, sent, accepted, signIn, subject };
}

const upload = (/** @type {number} */ id) => ({ id, images: [], rejected: [] });

const states = (/** @type {Uploader} */ { batches }) => batches.map(({ state }) => state);

test("files are sent one upload after the other, each under its own key", async () => {
  const { subject, sent, accepted } = uploader();
  subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  equal([sent.map(({ names }) => names), states(subject)], [[["a.jpg", "b.jpg"]], ["sending", "waiting"]]);
  await sent[0].resolve(upload(1));
  equal([sent[1].names, sent[0].key === sent[1].key], [["c.jpg"], false]);
  await sent[1].resolve(upload(2));
  equal([accepted.length, subject.batches.length, subject.isBusy], [2, 0, false]);
});

test("a lost answer is asked for again under the same key", async () => {
  const { subject, sent, clock, accepted } = uploader();
  subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new TypeError("network"));
  await clock.pass(1_000);
  equal(sent.map(({ key }) => key === sent[0].key), [true, true]);
  await sent[1].resolve(upload(1));
  equal(accepted.length, 1);
});

test("stopping gives up what is being sent and forgets what waits", async () => {
  const { subject, sent, accepted, clock } = uploader();
  subject.add(photos("a.jpg", "b.jpg", "c.jpg"), request);
  await settled();
  subject.stop();
  equal([sent[0].signal.aborted, subject.batches.length, subject.isBusy], [true, 0, false]);
  await sent[0].resolve(upload(1));
  await clock.pass(60_000);
  equal([sent.length, accepted.length, clock.waiting], [1, 0, 0]);
});

test("stopping ends the wait for another try", async () => {
  const { subject, sent, clock } = uploader();
  subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new TypeError("network"));
  subject.stop();
  await clock.pass(60_000);
  equal([sent.length, clock.waiting], [1, 0]);
});

test("a stopped uploader takes no more files", async () => {
  const { subject, sent } = uploader();
  subject.stop();
  subject.add(photos("a.jpg"), request);
  await settled();
  equal([sent.length, subject.batches.length], [0, 0]);
});

test("an answer of the server that may pass is waited out", async () => {
  const { subject, sent, clock } = uploader();
  subject.add(photos("a.jpg"), request);
  await settled();
  await sent[0].reject(new ApiError(503, { message: "Later." }, "2"));
  equal(subject.batches[0].message, "Later.");
  await clock.pass(1_900);
  equal(sent.length, 1);
  await clock.pass(200);
  equal(sent.length, 2);
});
