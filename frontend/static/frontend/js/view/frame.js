// @ts-check
/** Where the parts of the signed-in page stand. */

import { t } from "../language.js";
import { h } from "./dom.js";

/**
 * @param {object} parts
 * @param {HTMLElement} parts.aside beside the photos where there is room
 * @param {HTMLElement[]} parts.contents from the top
 * @param {HTMLElement[]} parts.foot at the lower edge of the window
 * @returns {HTMLElement}
 */
export const frame = ({ aside, contents, foot }) =>
  h(
    "div",
    { class: "workspace" },
    aside,
    h("div", { class: "contents" }, h("h1", { class: "visually-hidden" }, t("page.photos")), ...contents),
    h("div", { class: "foot" }, ...foot),
  );
