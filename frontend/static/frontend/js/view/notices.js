// @ts-check
/** Short messages at the foot of the page: what was done, or why it wasn't. */

import { h } from "./dom.js";

const SHOWN_MS = 6_000;

export class Notices {
  element = h("div", { class: "notices", role: "status", "aria-live": "polite" });

  /** @param {string} text @param {"info"|"error"} [kind] */
  show(text, kind = "info") {
    // Said again, it stays longer instead of standing there twice.
    for (const each of this.element.children) if (each.textContent === text) each.remove();
    const notice = h("p", { class: `notice is-${kind}`, "data-testid": "notice" }, text);
    this.element.append(notice);
    setTimeout(() => notice.remove(), SHOWN_MS);
  }
}
