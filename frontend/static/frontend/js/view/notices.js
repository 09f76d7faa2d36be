// @ts-check
/** Short messages at the foot of the page: what was done, or why it wasn't. */

import { h, keepFocus } from "./dom.js";

const SHOWN_MS = 6_000;

export class Notices {
  element = h("div", { class: "notices", role: "status", "aria-live": "polite" });

  /** @param {string} text @param {"info"|"error"} [kind]
   * @param {{label: string, run: () => void, ms: number}} [action] what can be done about it, and for
   * how long */
  show(text, kind = "info", action) {
    // Said again, it stays longer instead of standing there twice.
    for (const each of this.element.children) if (each.textContent === text) each.remove();
    const notice = h("p", { class: `notice is-${kind}`, "data-testid": "notice" }, text);
    if (action) {
      const act = () => {
        keepFocus(notice, () => notice.remove());
        action.run();
      };
      notice.append(h("button", { type: "button", class: "link", onclick: act }, action.label));
    }
    this.element.append(notice);
    const remove = () => keepFocus(notice, () => notice.remove());
    setTimeout(remove, action?.ms ?? SHOWN_MS);
  }
}
