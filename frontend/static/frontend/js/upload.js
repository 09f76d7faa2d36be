// @ts-check
/**
 * Sends files, one upload after the other, each under its own idempotency key: sent again after a
 * lost answer, the server answers with the first one's.
 *
 * @typedef {import("./batches.js").Item} Item
 * @typedef {{model: string, params: object, imageType: string}} Request
 * @typedef {{key: string, items: Item[], request: Request, fraction: number, message: string|null,
 *   state: "waiting"|"sending"|"refused"|"failed"}} Batch
 */

import { ApiError } from "./answers.js";
import { backoff, delay } from "./backoff.js";
import { judge, split } from "./batches.js";
import { sendForm } from "./send_form.js";
import { sentence } from "./words.js";

const TRIES = 5;

export class Uploader {
  /** What isn't with the server yet, in order. @type {Batch[]} */
  batches = [];
  #life = new AbortController();
  #isRunning = false;

  /**
   * @param {object} parts
   * @param {import("./sign_in.js").SignIn} parts.signIn whose uploads they become
   * @param {import("./batches.js").Limits} parts.limits
   * @param {(upload: any, files: File[]) => void} parts.onAccepted
   * @param {() => void} parts.onChange
   * @param {typeof sendForm} [parts.send]
   */
  constructor({ signIn, limits, onAccepted, onChange, send = sendForm }) {
    this.signIn = signIn;
    this.limits = limits;
    this.onAccepted = onAccepted;
    this.onChange = onChange;
    this.send = send;
  }

  /** Give up what is being sent and forget what waits: it belongs to who chose it. */
  stop() {
    this.#life.abort();
    this.batches = [];
    this.onChange();
  }

  /** Whether leaving the page now would lose files. */
  get isBusy() {
    return this.batches.some((batch) => batch.state === "waiting" || batch.state === "sending");
  }

  /** @param {File[]} files @param {Request} request */
  add(files, request) {
    if (this.#life.signal.aborted) return;
    const items = files.map((file) => judge(file, this.limits));
    const bad = items.filter((item) => item.error);
    if (bad.length) this.batches.push({ ...newBatch(bad, request), state: "refused" });
    for (const group of split(items.filter((item) => !item.error), this.limits)) {
      this.batches.push(newBatch(group, request));
    }
    this.onChange();
    void this.#run();
  }

  /** Send a refused upload's good files. @param {Batch} batch */
  sendOthers(batch) {
    const good = batch.items.filter((item) => !item.error);
    this.#replace(batch, good.length ? [newBatch(good, batch.request)] : []);
    void this.#run();
  }

  /** Try a failed one again, under its own key. @param {Batch} batch */
  tryAgain(batch) {
    this.#replace(batch, [{ ...batch, state: "waiting", message: null }]);
    void this.#run();
  }

  /** @param {Batch} batch */
  dismiss(batch) {
    this.#replace(batch, []);
  }

  async #run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let batch; (batch = this.batches.find((each) => each.state === "waiting")); ) {
      await this.#send(batch);
    }
    this.#isRunning = false;
  }

  /** @param {Batch} batch */
  async #send(batch) {
    batch.state = "sending";
    /** @type {any} */
    let refused;
    for (let failures = 0; failures < TRIES; failures += 1) {
      this.onChange();
      try {
        const token = await this.signIn.accessToken(refused);
        const upload = await this.#post(batch, token, () => (refused = token));
        if (this.#life.signal.aborted) return;
        this.onAccepted(upload, batch.items.map((item) => item.file));
        this.dismiss(batch);
        return;
      } catch (error) {
        if (this.#life.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) continue;
        if (error instanceof ApiError && !error.isPassing) {
          this.#refuse(batch, error);
          return;
        }
        batch.message = sentence(error);
        this.onChange();
        if (failures < TRIES - 1) {
          await delay(error.retryAfterMs ?? backoff(failures), this.#life.signal);
        }
      }
    }
    batch.state = "failed";
    this.onChange();
  }

  /** @param {Batch} batch @param {ApiError} error */
  #refuse(batch, error) {
    batch.state = "refused";
    batch.message = error.message;
    for (const each of error.errors) {
      const item = each.position === undefined ? null : batch.items[each.position];
      if (item) item.error = each;
    }
    this.onChange();
  }

  /** @param {Batch} batch @param {string} token @param {() => void} onUnauthorized
   * @returns {Promise<any>} */
  async #post(batch, token, onUnauthorized) {
    try {
      return await this.send("/api/uploads/", form(batch), {
        headers: { Authorization: `Bearer ${token}`, "Idempotency-Key": batch.key },
        signal: this.#life.signal,
        onProgress: (fraction) => {
          batch.fraction = fraction;
          this.onChange();
        },
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) onUnauthorized();
      throw error;
    }
  }

  /** @param {Batch} batch @param {Batch[]} others */
  #replace(batch, others) {
    this.batches = this.batches.flatMap((each) => (each === batch ? others : [each]));
    this.onChange();
  }
}

/** @param {Item[]} items @param {Request} request @returns {Batch} */
function newBatch(items, request) {
  return { key: newKey(), items, request, fraction: 0, message: null, state: "waiting" };
}

/** @param {Batch} batch */
function form({ items, request }) {
  const body = new FormData();
  body.append("model", request.model);
  body.append("params", JSON.stringify(request.params));
  if (request.imageType) body.append("image_type", request.imageType);
  for (const { file } of items) body.append("images", file, file.name);
  return body;
}

/** 128 random bits in hexadecimal; `crypto.randomUUID` exists on HTTPS and localhost alone. */
function newKey() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
