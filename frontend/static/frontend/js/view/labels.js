// @ts-check
/** Labels with their scores, as bars. */

import { h } from "./dom.js";

/** @param {{label: string, score: number}[]} labels best first, scores from 0 to 1 */
export const labelBars = (labels) =>
  h(
    "ul",
    { class: "labels", "data-testid": "labels" },
    ...labels.map(({ label, score }) =>
      h(
        "li",
        {},
        h("span", { class: "label-name" }, label),
        h("meter", { min: 0, max: 1, value: score, "aria-label": label }),
        h("span", { class: "label-score" }, `${(score * 100).toFixed(1)} %`),
      ),
    ),
  );
