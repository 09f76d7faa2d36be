// @ts-check
/** Which upload begins when: in order, the next once all bytes of the one before are with the server,
 * which then stores them. None begins while sending is paused. */

/** @typedef {import("./batch.js").Batch} Batch */

/** How many may be under way, of which one alone is still being sent. */
const AT_ONCE = 2;

export class SendQueue {
  isPaused = false;
  /** @type {Set<Batch>} */
  #underWay = new Set();

  /**
   * @param {object} parts
   * @param {() => Batch[]} parts.batches in order
   * @param {(batch: Batch) => Promise<void>} parts.send takes it out of those that wait, and ends once
   * it needs no more of the way to the server
   */
  constructor({ batches, send }) {
    this.batches = batches;
    this.send = send;
  }

  /** Begin what may begin. @returns {Promise<void>} until that is done, and all that it let through */
  async run() {
    /** @type {Promise<void>[]} */
    const begun = [];
    for (let batch; this.#hasRoom && (batch = this.batches().find(({ state }) => state === "waiting")); ) {
      begun.push(this.#send(batch));
    }
    await Promise.all(begun);
  }

  get #hasRoom() {
    const all = [...this.#underWay];
    return !this.isPaused && all.length < AT_ONCE && all.every(({ fraction }) => fraction === 1);
  }

  /** @param {Batch} batch */
  async #send(batch) {
    this.#underWay.add(batch);
    await this.send(batch);
    this.#underWay.delete(batch);
    await this.run();
  }
}
