// @ts-check
/** Short messages at the foot of the page: what was done, or why it wasn't, and how to take it back. */

import { h, keepFocus } from "./dom.js";

const SHOWN_MS = 6_000;

export class Notices {
  element = h("div", { class: "notices", role: "status", "aria-live": "polite" });
  /** Where they are while no dialog lies over the page. */
  home = h("div", {}, this.element);

  start() {
    // It does not bubble.
    document.addEventListener("close", this.#dialogClosed, true);
  }

  stop() {
    document.removeEventListener("close", this.#dialogClosed, true);
  }

  /** @param {string} text @param {"info"|"error"} [kind]
   * @param {{label: string, run: () => void, ms: number}} [action] what can be done about it, and for
   * how long */
  show(text, kind = "info", action) {
    // Said again, it stays longer instead of standing there twice.
    for (const each of this.element.children) if (each.firstChild?.textContent === text) each.remove();
    const notice = h("p", { class: `notice is-${kind}`, "data-testid": "notice" }, text);
    const remove = () => keepFocus(notice, () => notice.remove());
    if (action) {
      const act = () => {
        // Where that goes the keyboard follows; else it goes on from the notice's neighbor.
        action.run();
        remove();
      };
      notice.append(h("button", { type: "button", class: "link", onclick: act }, action.label));
    }
    // What lies below an open dialog can be neither seen nor touched.
    const dialog = document.querySelector("dialog[open]");
    if (this.element.parentElement !== (dialog ?? this.home)) (dialog ?? this.home).append(this.element);
    this.element.append(notice);
    setTimeout(remove, action?.ms ?? SHOWN_MS);
  }

  #dialogClosed = () => {
    if (this.element.parentElement !== this.home) this.home.append(this.element);
  };
}
