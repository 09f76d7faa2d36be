// @ts-check
/**
 * Before files are sent it is looked up which of them the server has already. Those wait until a person
 * has said what to do with them; the others go their way meanwhile.
 *
 * @typedef {import("./batch.js").Batch} Batch
 * @typedef {import("./known_files.js").There} There
 * @typedef {There & {request: import("./batch.js").Request}} Used
 * @typedef {object} Queue what is sent, and kept over a reload
 * @property {() => Batch[]} batches
 * @property {(batch: Batch) => void} add
 * @property {(batch: Batch) => void} keep
 * @property {(batch: Batch) => void} take it has no files any more
 * @property {() => void} send what waits
 */

import { newBatch } from "./batch.js";

export class Inquiry {
  #isRunning = false;

  /**
   * @param {object} parts
   * @param {Queue} parts.queue
   * @param {Pick<import("./known_files.js").KnownFiles, "find">} parts.known
   * @param {(files: Used[]) => void} parts.onUse told of files that are to be used as they are there
   * @param {() => void} parts.onChange
   */
  constructor({ queue, known, onUse, onChange }) {
    this.queue = queue;
    this.known = known;
    this.onUse = onUse;
    this.onChange = onChange;
  }

  /** Those of which a person is asked, until what was answered has been done. */
  get open() {
    const isOpen = (/** @type {Batch} */ { state, there }) =>
      state === "asked" || (state === "checking" && there.size > 0);
    return this.queue.batches().filter(isOpen);
  }

  /** Look up what is to be looked up, one after the other. */
  async run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let batch; (batch = this.queue.batches().find(({ state }) => state === "checking")); ) {
      await this.#look(batch);
      this.onChange();
      this.queue.send();
    }
    this.#isRunning = false;
  }

  /** What to do with those that are there, and with what else of the same choice is found there.
   * @param {"use"|"send"} answer */
  answer(answer) {
    for (const { choice } of this.open) choice.answer = answer;
    this.#again(this.open);
  }

  /** Photos were deleted: what was there may not be there any more.
   * @param {(image: import("server").ListedImage) => boolean} isGone */
  photosGone(isGone) {
    const isAffected = (/** @type {There} */ { images }) => images.some(isGone);
    this.#again(this.open.filter(({ there }) => [...there.values()].some(isAffected)));
  }

  /** @param {Batch[]} batches */
  #again(batches) {
    if (batches.length === 0) return;
    for (const batch of batches) batch.state = "checking";
    this.onChange();
    void this.run();
  }

  /** @param {Batch} batch */
  async #look(batch) {
    const { items, request, choice } = batch;
    const found = choice.answer === "send" ? new Map() : await this.#there(batch);
    // Canceled or stopped meanwhile.
    if (batch.cancel.signal.aborted) return;
    const there = choice.answer === "send" ? new Map() : found;
    const here = items.filter(({ file }) => there.has(file));
    const others = items.filter(({ file }) => !there.has(file));
    const isUsed = choice.answer === "use";
    if (here.length && isUsed) this.onUse(here.map(({ file }) => ({ ...there.get(file), request })));
    if (here.length && !isUsed) this.#ask(batch, here, there);
    if (batch.state === "asked") return;
    batch.items = others;
    batch.state = "waiting";
    if (others.length) this.queue.keep(batch);
    else this.queue.take(batch);
  }

  /** @param {Batch} batch @param {Batch["items"]} here those of its files that are there
   * @param {Map<File, There>} there */
  #ask(batch, here, there) {
    const isWhole = here.length === batch.items.length;
    const asked = isWhole ? batch : newBatch(here, batch.request, batch.choice, "asked");
    asked.state = "asked";
    asked.there = there;
    if (!isWhole) this.queue.add(asked);
    if (!asked.isKept) this.queue.keep(asked);
  }

  /** What can't be found out is taken to be as it was. @param {Batch} batch */
  async #there({ items, request, cancel, there }) {
    try {
      return await this.known.find(items.map(({ file }) => file), request, cancel.signal);
    } catch {
      return there;
    }
  }
}
