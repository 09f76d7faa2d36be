// @ts-check
/** An uploader among fakes, and files for it. */

import { Uploader } from "../../frontend/static/frontend/js/upload.js";
import { FakeKnown, FakeTray, fakes, settled } from "./fakes.js";

const limits = {
  max_images_per_upload: 2, max_image_bytes: 1_000, max_upload_bytes: 100_000, max_image_pixels: 1,
  formats: [{ name: "JPEG", content_type: "image/jpeg", suffixes: [".jpg"] }],
};
export const request = { model: "ocr", params: {}, imageType: "" };

/** A file that is read at once. @param {string} name @param {number[]} bytes */
export function fileOf(name, ...bytes) {
  const file = new File([new Uint8Array(bytes)], name);
  file.slice = () => /** @type {any} */ ({ arrayBuffer: async () => new Uint8Array(bytes).buffer });
  return file;
}

export const photos = (/** @type {string[]} */ ...names) =>
  names.map((name) => fileOf(name, 0xff, 0xd8, 0xff, 0xe0));

/** An uploader whose requests the test answers. @param {FakeTray} [tray]
 * @param {FakeKnown} [known] what the server has already */
export function uploader(tray = new FakeTray(), known = new FakeKnown()) {
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

export const upload = (/** @type {number} */ id) => ({ id, images: [], rejected: [] });

export const states = (/** @type {Uploader} */ { batches }) => batches.map(({ state }) => state);
