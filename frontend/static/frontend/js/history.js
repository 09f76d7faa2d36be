// @ts-check
/**
 * Reads an image's later predictions when it is first looked at: an upload brings the first alone,
 * the one that it asked for.
 */

const AT_ONCE = 2;

export class History {
  /** @type {Set<number>} */
  #asked = new Set();
  /** @type {number[]} */
  #waiting = [];
  #running = 0;

  /** @param {import("./api.js").Api} api @param {(predictions: import("server").Prediction[]) => void} onRead */
  constructor(api, onRead) {
    this.api = api;
    this.onRead = onRead;
  }

  /** Take these images' predictions as known. @param {number[]} imageIds */
  skip(imageIds) {
    for (const id of imageIds) this.#asked.add(id);
  }

  /** @param {number} imageId */
  read(imageId) {
    if (this.#asked.has(imageId)) return;
    this.#asked.add(imageId);
    this.#waiting.push(imageId);
    if (this.#running < AT_ONCE) void this.#run();
  }

  /** Ask again for every image. */
  forget() {
    this.#asked.clear();
  }

  async #run() {
    this.#running += 1;
    // What was looked at last is most likely still on the screen.
    for (let id; (id = this.#waiting.pop()) !== undefined; ) {
      try {
        this.onRead(await this.api.predictions(id));
      } catch {
        // The next look asks again.
        this.#asked.delete(id);
      }
    }
    this.#running -= 1;
  }
}
