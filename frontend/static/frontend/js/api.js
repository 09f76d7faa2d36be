// @ts-check
/**
 * The REST calls this page makes, each with a good token; a 401 is renewed and tried once more.
 * What is on its way when the sign-in ends is given up.
 *
 * @typedef {import("server").Model} Model
 * @typedef {{name: string, version: string, models: string[], default_model: string,
 *   registration_open: boolean, limits: import("./batches.js").Limits & {content_types: string[]}}} Metadata
 * what `/metadata` says, which is no part of the API
 */

import { ApiError, answer } from "./answers.js";

/** What anybody may know about this server. @returns {Promise<Metadata>} */
export const metadata = async () => answer(await fetch("/metadata"));

/** A call that needs no token. @template {string} Path
 * @param {Path} path @param {import("server").Call<"POST", Path>["body"]} body
 * @returns {Promise<import("server").Call<"POST", Path>["answer"]>} */
export async function postJson(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Whether photos can be given to this model now. @param {Model} model */
export const takesPhotos = ({ default_version, desired_state, output_kind }) =>
  default_version !== null && desired_state !== "unloaded" && output_kind !== "tensors";

/** Whether some worker has this model now; else photos wait for one. @param {Model} model */
export const isServed = ({ state }) => state !== "UNAVAILABLE";

/** A request that goes on when the page is left. @type {RequestInit} */
const LAST = { keepalive: true };

export class Api {
  /** @param {import("./sign_in.js").SignIn} signIn */
  constructor(signIn) {
    this.signIn = signIn;
  }

  /** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
  async fetch(path, options = {}) {
    const ends = this.signIn.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, ends]) : ends;
    const send = async (/** @type {string|undefined} */ refused) => {
      const token = await this.signIn.accessToken(refused);
      const headers = { ...options.headers, Authorization: `Bearer ${token}` };
      return { token, response: await fetch(path, { ...options, headers, signal }) };
    };
    const { token, response } = await send(undefined);
    return response.status === 401 ? (await send(token)).response : response;
  }

  /** @template {string} Path @param {Path} path @param {AbortSignal} [signal]
   * @returns {Promise<import("server").Call<"GET", Path>["answer"]>} */
  async get(path, signal) {
    return answer(await this.fetch(path, { signal }));
  }

  /** @template {string} Path @param {Path} path
   * @param {import("server").Call<"POST", Path>["body"]} body
   * @returns {Promise<import("server").Call<"POST", Path>["answer"]>} */
  post(path, body) {
    return this.#send("POST", path, body);
  }

  /** @template {string} Path @param {Path} path
   * @param {import("server").Call<"PUT", Path>["body"]} body
   * @returns {Promise<import("server").Call<"PUT", Path>["answer"]>} */
  put(path, body) {
    return this.#send("PUT", path, body);
  }

  /** @template {string} Path @param {Path} path
   * @param {import("server").Call<"PATCH", Path>["body"]} body
   * @returns {Promise<import("server").Call<"PATCH", Path>["answer"]>} */
  patch(path, body) {
    return this.#send("PATCH", path, body);
  }

  /** @template {string} Path @param {Path} path
   * @param {RequestInit} [options] @returns {Promise<import("server").Call<"DELETE", Path>["answer"]>} */
  async delete(path, options) {
    return answer(await this.fetch(path, { ...options, method: "DELETE" }));
  }

  /** @param {string} method @param {string} path @param {object} body */
  async #send(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    return answer(await this.fetch(path, { method, headers, body: JSON.stringify(body) }));
  }

  /** The bytes of a file endpoint. @param {string} path @param {AbortSignal} [signal] */
  async blob(path, signal) {
    const response = await this.fetch(path, { signal });
    if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null));
    return response.blob();
  }

  /** One page of images with their newest predictions, the newest upload's first.
   * @param {string|null} next a page's `next`, null for the first @param {string} query which of them
   * @param {AbortSignal} [signal] */
  images(next, query, signal) {
    // `next` is absolute; behind a proxy its scheme or host may not be this page's.
    const first = `/api/images/?page_size=100${query && `&${query}`}`;
    const { pathname, search } = new URL(next ?? first, location.origin);
    return this.get(/** @type {`/api/images/?${string}`} */ (pathname + search), signal);
  }

  /** The models that photos can be given to. @returns {Promise<Model[]>} */
  async models() {
    const { results } = await this.get("/api/models/");
    return results.filter(takesPhotos);
  }

  /** Whether an image's files stay on the server, however old they are; answers the image.
   * @param {number} id @param {boolean} isPinned */
  pin(id, isPinned) {
    const path = /** @type {const} */ (`/api/images/${id}/pin/`);
    return isPinned ? this.put(path, {}) : this.delete(path);
  }

  image = (/** @type {number} */ id) => this.get(`/api/images/${id}/`);
  upload = (/** @type {number} */ id) => this.get(`/api/uploads/${id}/`);
  prediction = (/** @type {number} */ id) => this.get(`/api/predictions/${id}/`);
  cancel = (/** @type {number} */ id) => this.post(`/api/predictions/${id}/cancel/`, {});
  retry = (/** @type {number} */ id) => this.post(`/api/predictions/${id}/retry/`, {});
  events = (/** @type {number} */ after) => this.get(`/api/events/?after=${after}`);

  /** @param {number} imageId */
  async predictions(imageId) {
    const { results } = await this.get(`/api/images/${imageId}/predictions/?page_size=200`);
    return results;
  }

  /** @param {number} imageId @param {{model: string, params?: object}} request */
  run(imageId, request) {
    return this.post(`/api/images/${imageId}/predictions/`, request);
  }

  /** @param {number} id */
  deleteUpload(id) {
    return this.delete(`/api/uploads/${id}/`, LAST);
  }

  /** @param {number} id */
  deleteImage(id) {
    return this.delete(`/api/images/${id}/`, LAST);
  }
}
