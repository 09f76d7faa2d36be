// @ts-check
/** What stands for a picture until that has loaded: its colors and shapes, out of a ThumbHash. */

import { pixelsOf } from "../thumbhash.js";

/** The longer side, in pixels: there is no more to be seen in it. */
const SIDE = 20;
/** One for all, in no document: each that is seen would be a layer to be composed. */
const canvas = document.createElement("canvas");

export class Placeholder {
  /** @type {string|null} */
  #drawn = null;

  /** @param {HTMLImageElement} picture @param {HTMLElement} behind what it stands on */
  constructor(picture, behind) {
    this.picture = picture;
    this.behind = behind;
    picture.addEventListener("load", () => (behind.style.backgroundImage = ""));
  }

  /** @param {string|null|undefined} hash none: nothing is shown
   * @param {number} width @param {number} height of the picture, which may be larger */
  draw(hash, width, height) {
    if (!hash || hash === this.#drawn || this.picture.naturalWidth > 0) return;
    this.#drawn = hash;
    const longer = Math.max(width, height);
    [canvas.width, canvas.height] = [width, height].map((side) => Math.max(1, Math.round((SIDE * side) / longer)));
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing?.putImageData(new ImageData(pixelsOf(hash, canvas.width, canvas.height), canvas.width), 0, 0);
    this.behind.style.backgroundImage = `url(${canvas.toDataURL()})`;
  }
}
