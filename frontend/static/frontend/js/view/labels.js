// @ts-check
/** Labels with their scores, as bars. */

import { locale } from "../language.js";
import { percent } from "../measures.js";
import { h } from "./dom.js";
import { others } from "./others.js";

const MOST_SHOWN = 100;
const decimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** @param {{label: string, score: number}[]} labels best first; scores from 0 to 1 are shown as
 * percentages, others as they are */
export const labelBars = (labels) => {
  const areShares = labels.every(({ score }) => score >= 0 && score <= 1);
  const word = (/** @type {number} */ score) =>
    areShares ? percent(score, 1) : decimals.format(score);
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
