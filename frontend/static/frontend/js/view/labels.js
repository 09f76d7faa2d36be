// @ts-check
/** Labels with their scores, as bars. */

import { h } from "./dom.js";
import { others } from "./others.js";

const MOST_SHOWN = 100;

/** @param {{label: string, score: number}[]} labels best first; scores from 0 to 1 are shown as
 * percentages, others as they are */
export const labelBars = (labels) => {
  const areShares = labels.every(({ score }) => score >= 0 && score <= 1);
  const word = (/** @type {number} */ score) =>
    areShares ? `${(score * 100).toFixed(1)} %` : score.toFixed(3);
  return h(
    "ul",
    { class: "labels", "data-testid": "labels" },
    ...labels.slice(0, MOST_SHOWN).map(({ label, score }) =>
      h(
        "li",
        {},
        h("span", { class: "label-name" }, label),
        h("meter", { min: 0, max: 1, value: score, "aria-label": label, hidden: !areShares }),
        h("span", { class: "label-score" }, word(score)),
      ),
    ),
    others(labels.length - MOST_SHOWN),
  );
};
