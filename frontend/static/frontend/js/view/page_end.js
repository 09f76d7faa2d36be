// @ts-check
/** The end of what is on the page: more is fetched when it comes near, or at a press of its button; the
 * key End goes to the end of all there is. */

import { t } from "../language.js";
import { button } from "./dom.js";

const NEAR = "600px";
/** Photos in a page where all are wanted: as many as the server gives. */
const MANY = 200;

export class PageEnd {
  /** Until it ends, the end of all there is is gone to. */
  #going = new AbortController();
  #watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && void this.fetch(), {
    rootMargin: NEAR,
  });

  /**
   * @param {object} parts
   * @param {(size?: number) => Promise<void>} parts.load the next page, of so many photos
   * @param {() => boolean} parts.hasMore
   * @param {(error: unknown) => void} parts.onError
   */
  constructor({ load, hasMore, onError }) {
    this.load = load;
    this.hasMore = hasMore;
    this.onError = onError;
    this.element = button("down", t("photos.older"), () => void this.fetch(), { hidden: true });
  }

  start() {
    this.#watcher.observe(this.element);
    document.addEventListener("keydown", this.#keyed);
  }

  stop() {
    this.#watcher.disconnect();
    document.removeEventListener("keydown", this.#keyed);
    this.#going.abort();
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
    this.element.disabled = true;
    try {
      while (isWanted()) await this.load(MANY);
    } catch (error) {
      this.onError(error);
    }
    this.element.disabled = false;
  }

  #keyed = (/** @type {KeyboardEvent} */ event) => {
    // Whatever is pressed meanwhile, it is another wish.
    this.#going.abort();
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
    const isElsewhere = /** @type {Element} */ (target).closest("input, select, textarea, dialog");
    const isPlain = !(altKey || ctrlKey || metaKey || shiftKey);
    if (key === "End" && isPlain && !isElsewhere) void this.#goToEnd();
  };

  /** Fetch all there is and stay at its end, until somebody turns to something else. */
  async #goToEnd() {
    const going = new AbortController();
    this.#going = going;
    const { signal } = going;
    for (const type of ["wheel", "pointerdown", "touchstart"]) {
      document.addEventListener(type, () => going.abort(), { signal, passive: true });
    }
    const isWanted = () => {
      if (!signal.aborted) window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
      return !signal.aborted && this.hasMore();
    };
    await this.fetchWhile(isWanted);
    // What was fetched last is drawn with the next frame.
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    isWanted();
    going.abort();
  }
}
