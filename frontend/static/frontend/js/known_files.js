// @ts-check
/**
 * Which files are with the server already, by their bytes. They are hashed one after the other, so
 * that no more than one is in memory.
 *
 * @typedef {import("./batch.js").Request} Request
 * @typedef {import("server").ListedImage} Image
 * @typedef {{images: Image[], isDone: boolean, run?: number}} There a file's images on the server, one for
 * each of its pages, as listed; whether all of what is asked for was asked of them before and has not
 * failed; the prediction that answers it on the first page
 */

import { canonical, withDefaults } from "./params.js";

/** So many hashes the server takes at a time. */
const AT_ONCE = 50;
/** Of each answer: what is not on them is sent. */
const MOST_PAGES = 5;
/** What can't be told within this time is sent. */
const WITHIN_MS = 10_000;

export class KnownFiles {
  /** @type {WeakMap<File, string>} */
  #hashes = new WeakMap();

  /** @param {import("./api.js").Api} api @param {(model: string) => import("server").ParamsSchema|undefined} schemaOf a model's parameters */
  constructor(api, schemaOf) {
    this.api = api;
    this.schemaOf = schemaOf;
  }

  /** Those of these files that are there; none where the browser can't hash, as on HTTP.
   * @param {File[]} files @param {Request} request what is asked for @param {AbortSignal} signal
   * @returns {Promise<Map<File, There>>} rejects where the server can't be asked */
  async find(files, request, signal) {
    /** @type {Map<File, There>} */
    const found = new Map();
    if (!globalThis.crypto?.subtle) return found;
    /** @type {Map<string, File[]>} */
    const byHash = new Map();
    for (const file of files) {
      const hash = await this.#hash(file);
      signal.throwIfAborted();
      if (hash) byHash.set(hash, [...(byHash.get(hash) ?? []), file]);
    }
    const hashes = [...byHash.keys()];
    const ends = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    for (let at = 0; at < hashes.length; at += AT_ONCE) {
      const images = await this.#ask(hashes.slice(at, at + AT_ONCE), ends);
      for (const [hash, there] of thereOf(images, request, this.schemaOf(request.model))) {
        for (const file of byHash.get(hash) ?? []) found.set(file, there);
      }
    }
    return found;
  }

  /** @param {string[]} hashes @param {AbortSignal} signal @returns {Promise<Image[]>} */
  async #ask(hashes, signal) {
    const images = [];
    /** @type {string|null} */
    let next = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      /** @type {import("server").ListedImagePage} */
      const answered = await this.api.images(next, `sha256=${hashes.join(",")}`, signal);
      images.push(...answered.results);
      next = answered.next;
      if (next === null) break;
    }
    return images;
  }

  /** In hexadecimal; null where it can't be read. @param {File} file @returns {Promise<string|null>} */
  async #hash(file) {
    const known = this.#hashes.get(file);
    if (known) return known;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#hashes.set(file, hash);
      return hash;
    } catch {
      return null;
    }
  }
}

/** For each hash the newest file that is there whole, rather one for which nothing is left to do.
 * @param {Image[]} images the newest first @param {Request} request
 * @param {any} schema of its model's parameters @returns {Map<string, There>} */
export function thereOf(images, request, schema) {
  /** By the file that was sent. @type {Map<string, Image[]>} */
  const files = new Map();
  for (const image of images) {
    const key = `${image.sha256} ${image.upload} ${image.position}`;
    files.set(key, [...(files.get(key) ?? []), image]);
  }
  /** @type {Map<string, There>} */
  const found = new Map();
  for (const pages of files.values()) {
    const [{ sha256, pages: count, image_type: imageType }] = pages;
    // In which language it is to be read belongs to the photo that is there.
    const isOther = request.imageType !== "" && imageType !== request.imageType;
    if (pages.length < count || isOther || found.get(sha256)?.isDone) continue;
    const answering = pages.map(({ runs }) => runs.findLast((run) => answers(run, request, schema)));
    const isDone = answering.every(Boolean);
    if (isDone || !found.has(sha256)) found.set(sha256, { images: pages, isDone, run: answering[0]?.id });
  }
  return found;
}

/** Whether a prediction is what is asked for. @param {import("server").Prediction} run
 * @param {Request} request @param {import("server").ParamsSchema|undefined} schema of the model's parameters */
const answers = ({ model, params, state }, request, schema) =>
  model === request.model &&
  !["failed", "canceled"].includes(state) &&
  canonical(withDefaults(schema, params)) === canonical(withDefaults(schema, request.params));
