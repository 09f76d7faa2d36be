// @ts-check
/** Two results of one photo beside each other: the one that is open, and another one. */

import { t } from "../language.js";
import { readOn } from "../selectors.js";
import { summary } from "../words.js";
import { fill, h } from "./dom.js";
import { labelBars } from "./labels.js";
import { tensorList } from "./tensors.js";

/** @typedef {import("../store.js").Prediction} Prediction */

export class SideBySide {
  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   */
  constructor({ pictures }) {
    /** @type {Prediction[]} */
    this.others = [];
    /** @type {Prediction|null} */
    this.one = null;
    this.pictures = pictures;
    /** @type {Map<number, string>} */
    this.names = new Map();
    this.title = h("h3", {});
    this.choice = h("select", { "aria-label": t("pair.other"), onchange: () => this.#draw() });
    this.left = h("div", { class: "pair-result" });
    this.right = h("div", { class: "pair-result" });
    this.element = h(
      "div",
      { class: "pair", "data-testid": "pair", hidden: true },
      h("section", { "aria-label": t("pair.one") }, this.title, this.left),
      h("section", { "aria-label": t("pair.other") }, this.choice, this.right),
    );
  }

  /** @param {Prediction} one with an output @param {Prediction[]} all with outputs
   * @param {Map<number, string>} names what they are called */
  show(one, all, names) {
    this.one = one;
    this.names = names;
    this.others = all.filter(({ id }) => id !== one.id);
    this.title.textContent = this.#nameOf(one);
    fill(this.choice, this.others.map((each) => `${each.id} ${this.#nameOf(each)}`).join(), () =>
      this.others.map((each) => h("option", { value: String(each.id) }, this.#nameOf(each))),
    );
    this.element.hidden = false;
    this.#draw();
  }

  /** Let go of the pictures. */
  hide() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    for (const side of [this.left, this.right]) this.#fill(side, "", () => []);
  }

  /** @param {Prediction} prediction */
  #nameOf = ({ id, model }) => this.names.get(id) ?? model;

  #draw() {
    const other = this.others.find(({ id }) => String(id) === this.choice.value);
    if (this.one) this.#side(this.left, this.one);
    if (other) this.#side(this.right, other);
  }

  /** @param {HTMLElement} side @param {Prediction} prediction */
  #side(side, prediction) {
    this.#fill(side, `${prediction.id} ${readOn(prediction)?.text ?? ""}`, () => [this.#content(prediction)]);
  }

  /** @param {HTMLElement} side @param {string} key @param {() => HTMLElement[]} build */
  #fill(side, key, build) {
    const before = [...side.querySelectorAll("img")];
    fill(side, key, build);
    for (const each of before) if (!each.isConnected) this.pictures.hide(each);
  }

  /** @param {Prediction} prediction @returns {HTMLElement} */
  #content(prediction) {
    const { output } = prediction;
    if (output?.kind === "labels") return labelBars(output.labels);
    if (output?.kind === "raw") return tensorList(output.tensors);
    if (output?.kind === "text") {
      return h("p", { class: "paragraphs", dir: "auto" }, output.text || summary(prediction));
    }
    const picture = h("img", { alt: this.#nameOf(prediction), class: output?.transparent === false ? "" : "is-cut", draggable: false });
    void this.pictures.show(picture, output?.url ?? null);
    return picture;
  }
}
