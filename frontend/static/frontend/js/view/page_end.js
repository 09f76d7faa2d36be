// @ts-check
/** The end of what is on the page: more is fetched when it comes near, or at a press of its button. */

import { t } from "../language.js";
import { button } from "./dom.js";

const NEAR = "600px";

export class PageEnd {
  #watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && void this.fetch(), {
    rootMargin: NEAR,
  });

  /**
   * @param {object} parts
   * @param {() => Promise<void>} parts.load
   * @param {(error: unknown) => void} parts.onError
   */
  constructor({ load, onError }) {
    this.load = load;
    this.onError = onError;
    this.element = button("down", t("photos.older"), () => void this.fetch(), { hidden: true });
  }

  start() {
    this.#watcher.observe(this.element);
  }

  stop() {
    this.#watcher.disconnect();
  }

  /** @param {boolean} hasMore */
  show(hasMore) {
    this.element.hidden = !hasMore;
  }

  /** Fetch more, unless that is on its way. */
  async fetch() {
    if (this.element.disabled) return;
    this.element.disabled = true;
    try {
      await this.load();
      // It may be as near as before, of which the watcher would not tell.
      this.#watcher.unobserve(this.element);
      this.#watcher.observe(this.element);
    } catch (error) {
      this.onError(error);
    }
    this.element.disabled = false;
  }

  /** Fetch on, while more are wanted. @param {() => boolean} isWanted */
  async fetchWhile(isWanted) {
    try {
      while (isWanted()) await this.load();
    } catch (error) {
      this.onError(error);
    }
  }
}
