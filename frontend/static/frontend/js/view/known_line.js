// @ts-check
/** Files that the server has already: one line, and what can be done with them. */

import { t } from "../language.js";
import { handedOver } from "../refused_files.js";
import { shortName, shownName } from "../words.js";
import { button, fill, h } from "./dom.js";

export class KnownLine {
  /** @param {import("../inquiry.js").Inquiry} inquiry */
  constructor(inquiry) {
    this.inquiry = inquiry;
    this.title = h("p", { role: "status" });
    this.actions = h("div", { class: "row" });
    this.element = h("div", { class: "known", "data-testid": "known", hidden: true }, this.title, this.actions);
  }

  /** Whether a person is asked. */
  get isNeeded() {
    return this.inquiry.open.length > 0;
  }

  render() {
    const { open } = this.inquiry;
    const files = open.flatMap(({ items }) => items.map(({ file }) => file));
    const count = handedOver(open.map(({ choice }) => choice));
    const there = open.flatMap((batch) => [...batch.there.values()]);
    const isDone = there.every((each) => each.isDone);
    const name = files.length === 1 ? shortName(shownName(files[0].name)) : null;
    this.element.hidden = files.length === 0;
    const text = name === null ? t("known", { known: files.length, count }) : t("known.one", { name });
    this.title.textContent = files.length ? text : "";
    fill(this.actions, `${files.length} ${name} ${isDone}`, () => this.#buttons(name, isDone));
  }

  /** @param {string|null} name of the only one @param {boolean} isDone whether nothing is left to do */
  #buttons(name, isDone) {
    const several = isDone ? t("known.skip") : t("known.use");
    const use = name === null ? several : t("known.use_one");
    const send = t("known.send");
    const named = (/** @type {string} */ label) => (name === null ? label : `${label}: ${name}`);
    return [
      button(name === null && isDone ? "close" : "image", use, () => this.inquiry.answer("use"), {
        "aria-label": named(use), "data-testid": "use-known",
      }),
      button("upload", send, () => this.inquiry.answer("send"), {
        "aria-label": named(send), "data-testid": "send-known",
      }),
    ];
  }
}
