// @ts-check
/** Text regions drawn over a photo, in the pixels of the upright image. */

import { svg } from "./dom.js";
import { MOST_REGIONS } from "./others.js";
import { wordsOver } from "./words_over.js";

export class Overlay {
  /** @type {SVGSVGElement} */
  element = svg("svg", { class: "overlay", "aria-hidden": "true" });
  /** @type {SVGPolygonElement[]} */
  #polygons = [];
  /** The text over each. @type {(SVGTextElement|null)[]} */
  #words = [];
  /** @type {any} */
  #regions = null;

  /** @param {(index: number|null) => void} [onPoint] told which region the pointer is on; without it
   * the regions are only seen */
  constructor(onPoint) {
    this.isReadable = Boolean(onPoint);
    this.element.toggleAttribute("hidden", true);
    if (!onPoint) return;
    const indexOf = (/** @type {EventTarget|null} */ target) => {
      const index = this.#polygons.indexOf(/** @type {any} */ (target));
      const read = index < 0 ? this.#words.indexOf(/** @type {any} */ (target)) : index;
      return read < 0 ? null : read;
    };
    this.element.addEventListener("pointerover", ({ target }) => onPoint(indexOf(target)));
    this.element.addEventListener("pointerleave", () => onPoint(null));
    this.element.addEventListener("click", ({ target }) => onPoint(indexOf(target)));
  }

  /** @param {number} width @param {number} height of the upright image, in pixels
   * @param {"meet"|"slice"} [fit] whether it is seen whole or fills its frame */
  resize(width, height, fit = "meet") {
    this.element.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.element.setAttribute("preserveAspectRatio", `xMidYMid ${fit}`);
  }

  /** @param {import("../selectors.js").Region[]} regions */
  draw(regions) {
    if (regions === this.#regions) return;
    this.#regions = regions;
    const shown = regions.slice(0, MOST_REGIONS);
    this.element.toggleAttribute("hidden", shown.length === 0);
    if (!this.isReadable) {
      this.element.replaceChildren(...["outline", "read"].map((name) => path(name, shown)));
      return;
    }
    this.#polygons = shown.map((region) =>
      svg("polygon", { points: region.polygon.join(" "), class: classOf(region) }),
    );
    this.#words = shown.map(wordsOver);
    this.element.replaceChildren(...this.#polygons, ...this.#words.flatMap((each) => each ?? []));
  }

  /** @param {number|null} index the region to show as chosen */
  mark(index) {
    this.#polygons.forEach((polygon, each) => polygon.classList.toggle("marked", each === index));
  }
}

const classOf = (/** @type {import("../selectors.js").Region} */ { text }) => (text === undefined ? "outline" : "read");

/** Regions of a class that nobody points at, as one shape. @param {string} name
 * @param {import("../selectors.js").Region[]} regions */
function path(name, regions) {
  const lines = regions.filter((each) => classOf(each) === name).map(({ polygon }) => `M${polygon.join("L")}Z`);
  return svg("path", { class: name, d: lines.join("") });
}
