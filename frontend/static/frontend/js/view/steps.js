// @ts-check
/** The way from photo to photo in the gallery's order; older ones are fetched when it gets there. */

import { t } from "../language.js";
import { iconButton, keepFocus } from "./dom.js";

export class Steps {
  #imageId = 0;
  #isFetching = false;

  /**
   * @param {object} parts
   * @param {() => number[]} parts.order image ids as the gallery shows them
   * @param {{hasMore: () => boolean, fetch: () => Promise<void>}} parts.older
   * @param {(imageId: number) => void} parts.open
   */
  constructor({ order, older, open }) {
    this.order = order;
    this.older = older;
    this.open = open;
    this.previous = iconButton("previous", t("photo.previous"), () => void this.go(-1));
    this.next = iconButton("next", t("photo.next"), () => void this.go(1));
  }

  /** Stand at this photo. @param {number} imageId @param {HTMLElement} head where the buttons are */
  show(imageId, head) {
    this.#imageId = imageId;
    keepFocus(head, () => {
      this.previous.disabled = this.#neighbor(-1) === undefined;
      this.next.disabled = this.#neighbor(1) === undefined && !this.older.hasMore();
    });
  }

  /** @param {1|-1} by */
  async go(by) {
    const from = this.#imageId;
    if (this.#neighbor(by) === undefined && by === 1 && this.older.hasMore()) {
      if (this.#isFetching) return;
      this.#isFetching = true;
      await this.older.fetch();
      this.#isFetching = false;
      if (this.#imageId !== from) return;
    }
    const to = this.#neighbor(by);
    if (to !== undefined) this.open(to);
  }

  /** @param {number} by @returns {number|undefined} an image id; none at the ends */
  #neighbor(by) {
    const images = this.order();
    const at = images.indexOf(this.#imageId);
    return at < 0 ? undefined : images[at + by];
  }
}
