// @ts-check
/** Asks what to do with files that were shared with the page from elsewhere. */

import { t } from "../language.js";
import { bytes } from "../measures.js";
import { forgetShared, sharedFiles } from "../shared_files.js";
import { button, h, keepFocus } from "./dom.js";

export class Shared {
  /** @type {File[]} */
  #files = [];

  /** @param {string} user whose they are @param {(files: File[]) => void} onSend */
  constructor(user, onSend) {
    this.user = user;
    this.text = h("p", {});
    const send = () => {
      const files = this.#files;
      this.clear();
      onSend(files);
    };
    this.element = h(
      "section",
      { class: "batch shared", "aria-label": t("shared"), "data-testid": "shared", hidden: true },
      this.text,
      h(
        "div",
        { class: "row" },
        button("upload", t("shared.send"), send, { class: "button primary", "data-testid": "send-shared" }),
        button("close", t("shared.discard"), () => this.clear()),
      ),
    );
  }

  async start() {
    this.#files = await sharedFiles(this.user);
    this.#show();
  }

  /** Keep none of them. */
  clear() {
    this.#files = [];
    this.#show();
    return forgetShared(this.user);
  }

  #show() {
    const size = bytes(this.#files.reduce((sum, { size: its }) => sum + its, 0));
    this.text.textContent = t("shared.count", { count: this.#files.length, size });
    keepFocus(this.element, () => (this.element.hidden = this.#files.length === 0));
  }
}
