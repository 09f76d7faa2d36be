// @ts-check
/** What stands for a picture until that has loaded: its colors and shapes, out of a ThumbHash. */

import { pixelsOf } from "../thumbhash.js";
import { h } from "./dom.js";

/** The longer side, in pixels: there is no more to be seen in it. */
const SIDE = 20;

export class Placeholder {
  element = h("canvas", { class: "placeholder", hidden: true, "aria-hidden": "true" });
  /** @type {string|null} */
  #drawn = null;

  /** @param {HTMLImageElement} picture what it stands behind */
  constructor(picture) {
    this.picture = picture;
    picture.addEventListener("load", () => (this.element.hidden = true));
  }

  /** @param {string|null|undefined} hash none: nothing is shown
   * @param {number} width @param {number} height of the picture, which may be larger */
  draw(hash, width, height) {
    if (!hash || hash === this.#drawn || this.picture.naturalWidth > 0) return;
    this.#drawn = hash;
    const longer = Math.max(width, height);
    const [across, down] = [width, height].map((side) => Math.max(1, Math.round((SIDE * side) / longer)));
    this.element.width = across;
    this.element.height = down;
    const drawing = this.element.getContext("2d");
    drawing.putImageData(new ImageData(pixelsOf(hash, across, down), across, down), 0, 0);
    this.element.hidden = false;
  }
}
