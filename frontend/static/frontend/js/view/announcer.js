// @ts-check
/** Says aloud, for screen readers, what has ended; many at once become one sentence. */

import { t } from "../language.js";
import { hasEnded } from "../order.js";
import { imageName, problem, stateWord, summary } from "../words.js";

const GATHER_MS = 1_000;

export class Announcer {
  /** @type {Map<number, string>} */
  #known = new Map();
  /** @type {string[]} */
  #said = [];
  #timer = 0;
  /** @type {object|null} */
  #drawn = null;
  /** @type {number|null} the newest prediction of those that were there when the page came */
  #newest = null;

  /** @param {HTMLElement} element a live region
   * @param {(name: string) => string} titleOf what people call a model */
  constructor(element, titleOf) {
    this.element = element;
    this.titleOf = titleOf;
  }

  /** @param {string} text */
  say(text) {
    this.#said.push(text);
    this.#timer ||= setTimeout(() => {
      const many = t("photos.finished", { count: this.#said.length });
      this.element.textContent = this.#said.length > 3 ? many : this.#said.join(" ");
      this.#said = [];
      this.#timer = 0;
    }, GATHER_MS);
  }

  /** Fall silent: what was said named photos, which are nobody else's business. */
  stop() {
    clearTimeout(this.#timer);
    this.element.textContent = "";
  }

  /** Say what has ended of all that this page saw unfinished before, or that is newer than it.
   * @param {import("../store.js").State} state */
  render({ predictions, images, loaded }) {
    if (predictions !== this.#drawn) {
      this.#drawn = predictions;
      for (const prediction of predictions.values()) {
        const image = images.get(prediction.image);
        if (image) this.#notice(image, prediction);
      }
    }
    if (loaded) this.#newest ??= Math.max(0, ...predictions.keys());
  }

  /** @param {import("../store.js").Image} image @param {import("../store.js").Prediction} prediction */
  #notice(image, prediction) {
    const before = this.#known.get(prediction.id);
    this.#known.set(prediction.id, prediction.state);
    // What ends at once was never seen unfinished; what is read later of the past has lower numbers.
    const isNews = before ? before !== prediction.state : this.#newest !== null && prediction.id > this.#newest;
    if (!isNews || !hasEnded(prediction)) return;
    const found = problem(prediction, this.titleOf) || summary(prediction);
    this.say(t("photo.finished", { name: imageName(image), status: stateWord(prediction.state), found }));
  }
}
