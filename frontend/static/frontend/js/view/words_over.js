// @ts-check
/** Recognized text as text over the photo, to be marked with the pointer and copied. */

import { svg } from "./dom.js";

/** Chinese, Japanese and Korean letters may stand below each other. */
const STACKED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]/u;
/** How much of a line's height its letters take, and where their base is. */
const LETTERS = 0.8;

/** A line of text where it was read, unseen and as wide as it stands there; null where that is not
 * a quadrangle. The polygon begins at the line's beginning, above, and goes with the text.
 * @param {import("../selectors.js").Region} region @returns {SVGTextElement|null} */
export function wordsOver({ polygon, text }) {
  if (!text || polygon.length !== 4) return null;
  const [[x, y], [endX, endY], , [belowX, belowY]] = polygon;
  const along = Math.hypot(endX - x, endY - y);
  const down = Math.hypot(belowX - x, belowY - y);
  if (along < 1 || down < 1) return null;
  const isStacked = down > 1.5 * along && text.length > 1 && STACKED.test(text);
  const turn = (Math.atan2(endY - y, endX - x) * 180) / Math.PI;
  const place = isStacked ? { x: along / 2, y: 0 } : { x: 0, y: down * LETTERS };
  const element = svg("text", {
    class: isStacked ? "word is-stacked" : "word",
    transform: `translate(${x} ${y}) rotate(${turn})`,
    x: place.x,
    y: place.y,
    "font-size": (isStacked ? along : down) * LETTERS,
    textLength: isStacked ? down : along,
    lengthAdjust: "spacingAndGlyphs",
  });
  // What is copied of several lines is several lines.
  element.textContent = `${text}\n`;
  return element;
}
