// @ts-check
/** Recognized text, a line for each region; pointing at one shows the other. */

import { t } from "../language.js";
import { percent } from "../measures.js";
import { h } from "./dom.js";
import { MOST_REGIONS, others } from "./others.js";

export class TextLines {
  /** @type {HTMLElement[]} */
  #lines = [];

  /** @param {import("../selectors.js").Region[]} regions
   * @param {(index: number|null) => void} onPoint */
  constructor(regions, onPoint) {
    this.#lines = regions.slice(0, MOST_REGIONS).map(({ text, confidence }, index) => {
      const title = confidence === undefined ? "" : t("result.sure", { percent: percent(confidence) });
      const point = () => onPoint(index);
      return h("li", { tabIndex: 0, title, onpointerenter: point, onfocus: point }, text ?? "…");
    });
    const leave = () => onPoint(null);
    this.element = h(
      "ol",
      { class: "lines", "data-testid": "ocr-lines", onpointerleave: leave, onfocusout: leave },
      ...this.#lines,
      others(regions.length - MOST_REGIONS),
    );
  }

  /** @param {number|null} index @param {boolean} isScrolled whether to bring the line into view */
  mark(index, isScrolled) {
    this.#lines.forEach((line, each) => line.classList.toggle("marked", each === index));
    if (isScrolled && index !== null) this.#lines[index]?.scrollIntoView({ block: "nearest" });
  }
}
