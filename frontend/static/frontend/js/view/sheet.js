// @ts-check
/** Where there is little room, what puts an upload together is a sheet that one button opens. */

import { t } from "../language.js";
import { button, h, iconButton } from "./dom.js";

/** As in the style sheet: in the browser's own size of text, which a person may have made larger. */
const NARROW = "(width < 56.25em)";

export class Sheet {
  #narrow = window.matchMedia(NARROW);

  /** @param {HTMLElement} content @param {HTMLElement} wide where it stands if there is room */
  constructor(content, wide) {
    this.content = content;
    this.wide = wide;
    this.opener = button("add", t("new.add"), () => this.#open(), {
      class: "button primary add-photos",
      "data-testid": "add-photos",
      hidden: true,
    });
    const head = h(
      "div",
      { class: "sheet-head" },
      h("h2", {}, t("new.add")),
      iconButton("close", t("action.close"), () => this.close()),
    );
    this.dialog = h(
      "dialog",
      {
        class: "sheet",
        "aria-label": t("new.add"),
        "data-testid": "sheet",
        onclick: (/** @type {Event} */ { target }) => target === this.dialog && this.close(),
      },
      head,
    );
  }

  start() {
    this.#narrow.addEventListener("change", this.#place);
    document.body.append(this.dialog);
    this.#place();
  }

  stop() {
    this.#narrow.removeEventListener("change", this.#place);
    this.dialog.remove();
  }

  close() {
    this.dialog.close();
  }

  #open() {
    this.dialog.showModal();
  }

  #place = () => {
    const { matches } = this.#narrow;
    this.close();
    this.opener.hidden = !matches;
    this.wide.hidden = matches;
    (matches ? this.dialog : this.wide).append(this.content);
  };
}
