// @ts-check
/**
 * Sends files in uploads, each under its own idempotency key: sent again after a
 * lost answer, the server answers with the first one's. Files that can't be used hold back no
 * others; they are gathered in one list until it is dismissed. Those that the server has already wait
 * until a person has said what to do with them. A model that can't be started holds back no photo for
 * another one.
 *
 * @typedef {import("./answers.js").ApiError} ApiError
 * @typedef {import("./batch.js").Batch} Batch
 * @typedef {import("./batch.js").Request} Request
 */

import { anew, batchesOf, isCanceling, isPausable, isUnfinished, newBatch, newChoice } from "./batch.js";
import { judge, split } from "./batches.js";
import { deliver } from "./delivery.js";
import { Inquiry } from "./inquiry.js";
import { told } from "./language.js";
import { RefusedFiles } from "./refused_files.js";
import { sendForm } from "./send_form.js";
import { SendQueue } from "./send_queue.js";

export class Uploader {
  /** What isn't with the server yet, in order. @type {Batch[]} */
  batches = [];
  refused = new RefusedFiles();
  #life = new AbortController();
  #order = new SendQueue({ batches: () => this.batches, send: (batch) => this.#send(batch) });
  #judging = 0;

  /**
   * @param {object} parts
   * @param {import("./sign_in.js").SignIn} parts.signIn whose uploads they become
   * @param {import("./batches.js").Limits} parts.limits
   * @param {(upload: import("server").ReceivedUpload, files: File[]) => void} parts.onAccepted `files` by their position
   * @param {(uploadId: number) => void} parts.onUnwanted told of an upload that was canceled when
   * the server had all of it already
   * @param {(files: import("./inquiry.js").Used[]) => void} parts.onUse told of files that are with the
   * server, and are to be used as they are there
   * @param {() => void} parts.onChange
   * @param {(error: unknown) => void} parts.onRefusal told why a request was not taken
   * @param {Pick<import("./known_files.js").KnownFiles, "find">} parts.known
   * @param {import("./tray.js").Tray} parts.tray where files are kept until they are with the server
   * @param {typeof sendForm} [parts.send]
   */
  constructor({ signIn, limits, onAccepted, onUnwanted, onUse, onChange, onRefusal, known, tray, send = sendForm }) {
    this.signIn = signIn;
    this.limits = limits;
    this.onAccepted = onAccepted;
    this.onUnwanted = onUnwanted;
    this.onChange = onChange;
    this.onRefusal = onRefusal;
    this.tray = tray;
    this.send = send;
    const queue = {
      batches: () => this.batches,
      add: (/** @type {Batch} */ batch) => void this.batches.push(batch),
      keep: (/** @type {Batch} */ batch) => void this.#keep(batch),
      take: (/** @type {Batch} */ batch) => this.#take(batch),
      send: () => void this.#order.run(),
    };
    this.inquiry = new Inquiry({ queue, known, onUse, onChange });
  }

  /** Go on with what was not sent when the page was left. */
  async start() {
    const kept = await this.tray.take();
    if (this.#isStopped) return;
    this.batches.push(...batchesOf(kept));
    this.onChange();
    void this.inquiry.run();
    await this.#order.run();
  }

  /** Let go of what is being sent and what waits: it belongs to who chose it. */
  stop() {
    this.#life.abort();
    for (const batch of this.batches) batch.cancel.abort();
    this.batches = [];
    this.refused.dismiss();
    this.tray.stop();
    this.onChange();
  }

  /** Whether there are files that are not with the server yet. */
  get isBusy() {
    return this.#judging > 0 || this.batches.some(isUnfinished);
  }

  /** Whether some are on their way just now. */
  get isSending() {
    return this.batches.some(({ state }) => state === "sending");
  }

  /** Whether leaving the page now would lose some of them. */
  get wouldLose() {
    return this.#judging > 0 || this.batches.some((each) => isUnfinished(each) && !each.isKept);
  }

  /** @param {File[]} files @param {Request} request
   * @param {import("./batch.js").Choice["answer"]} [answer] what to do with those that the server has already */
  async add(files, request, answer) {
    if (this.#isStopped) return;
    // Who chooses more when nothing is left has not paused these.
    if (!this.isBusy) this.#order.isPaused = false;
    this.#judging += 1;
    const items = await Promise.all(files.map((file) => judge(file, this.limits)));
    this.#judging -= 1;
    if (this.#isStopped) return;
    const choice = newChoice(files.length, answer);
    for (const { file, error } of items) if (error) this.refused.add(file.name, error, choice);
    // The newest upload is shown first: sent from the end, all of them are shown as they were chosen.
    for (const group of split(items.filter(({ error }) => !error), this.limits).toReversed()) {
      this.batches.push(newBatch(group, request, choice, "checking"));
    }
    this.onChange();
    await this.inquiry.run();
  }

  /** Try failed ones again, each under its own key. @param {Batch[]} failed */
  tryAgain(failed) {
    this.batches = this.batches.map((each) => (failed.includes(each) ? anew(each) : each));
    this.onChange();
    void this.#order.run();
  }

  get isPaused() {
    return this.#order.isPaused;
  }

  /** Send nothing until that is taken back; what the server has all the bytes of goes its way.
   * @param {boolean} isPaused */
  pause(isPaused) {
    this.#order.isPaused = isPaused;
    const begun = isPaused ? this.batches.filter((each) => each.state === "sending" && isPausable(each)) : [];
    this.batches = this.batches.map((each) => (begun.includes(each) ? anew(each) : each));
    for (const { cancel } of begun) cancel.abort();
    this.onChange();
    void this.#order.run();
  }

  /** Send these no more. What the server has all of is removed there once it has answered.
   * @param {Batch[]} unwanted */
  cancel(unwanted) {
    for (const batch of unwanted) {
      if (batch.state === "sending" && batch.fraction === 1) {
        batch.state = "canceling";
      } else if (batch.state !== "canceling") {
        batch.cancel.abort();
        this.#take(batch);
      }
    }
    this.onChange();
  }

  /** @param {Batch[]} seen failed or refused ones */
  dismiss(seen) {
    seen.forEach((batch) => this.#take(batch));
    this.onChange();
  }

  dismissRefusals() {
    this.refused.dismiss();
    this.onChange();
  }

  get #isStopped() {
    return this.#life.signal.aborted;
  }

  /** @param {Batch} batch */
  async #send(batch) {
    batch.state = "sending";
    const { signIn, send, onRefusal } = this;
    const onChange = () => {
      this.onChange();
      void this.#order.run();
    };
    const outcome = await deliver(batch, { signIn, send, onChange, onRefusal });
    if (batch.cancel.signal.aborted) return;
    if (outcome.kind === "accepted") this.#accepted(batch, outcome.upload);
    else if (outcome.kind === "canceled") this.dismiss([batch]);
    else if (outcome.kind === "refused") this.#refused(batch, outcome.error);
    else if (outcome.kind === "postponed") void this.#resume(batch, outcome.pause);
    else this.#failed(batch);
  }

  /** @param {Batch} batch */
  #failed(batch) {
    batch.state = "failed";
    this.onChange();
  }

  /** Send it once the pause is over; others go on meanwhile.
   * @param {Batch} batch @param {Promise<void>} pause */
  async #resume(batch, pause) {
    await pause;
    if (batch.cancel.signal.aborted) return;
    batch.state = "waiting";
    await this.#order.run();
  }

  /** @param {Batch} batch @param {import("server").ReceivedUpload} upload */
  #accepted(batch, upload) {
    this.#take(batch);
    if (isCanceling(batch)) {
      this.onUnwanted(upload.id);
    } else {
      for (const each of upload.rejected ?? []) this.refused.add(each.name ?? "", { ...each, message: told(each) }, batch.choice);
      this.onAccepted(upload, batch.items.map(({ file }) => file));
    }
    this.onChange();
  }

  /** @param {Batch} batch @param {ApiError} error */
  #refused(batch, error) {
    const ofFiles = error.errors.filter(({ position }) => position !== undefined);
    if (ofFiles.length === batch.items.length) {
      // None of them is good; the others have gone their way in other requests.
      for (const each of ofFiles) this.refused.add(each.name ?? "", each, batch.choice);
      this.#take(batch);
    } else {
      batch.state = "refused";
      batch.message = error.message;
      void this.tray.forget(batch.key);
    }
    this.onChange();
  }

  /** @param {Batch} batch */
  async #keep(batch) {
    batch.isKept = await this.tray.keep(batch);
    if (!batch.isKept) this.onChange();
    // It may have gone its way in the meantime.
    if (!this.#isStopped && !this.batches.some(({ key }) => key === batch.key)) {
      await this.tray.forget(batch.key);
    }
  }

  /** @param {Batch} batch */
  #take(batch) {
    void this.tray.forget(batch.key);
    this.batches = this.batches.filter((each) => each !== batch);
  }
}
