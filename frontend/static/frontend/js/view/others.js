// @ts-check
/** What a list leaves out because no page can show that much. */

import { t } from "../language.js";
import { h } from "./dom.js";

/** The most regions that are drawn on a photo and listed beside it. */
export const MOST_REGIONS = 2_000;

/** The last entry of a list: how many more there are; null: none.
 * @param {number} count @returns {HTMLElement|null} */
export const others = (count) =>
  count > 0 ? h("li", {}, t("result.others", { count })) : null;
