// @ts-check
/** Two results of one photo beside each other: the one that is open, and another one. */

import { t } from "../language.js";
import { summary } from "../words.js";
import { fill, h } from "./dom.js";
import { labelBars } from "./labels.js";
import { tensorList } from "./tensors.js";

/** @typedef {import("../store.js").Prediction} Prediction */

export class SideBySide {
  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {(name: string) => string} parts.titleOf what people call a model
   */
  constructor({ pictures, titleOf }) {
    /** @type {Prediction[]} */
    this.others = [];
    /** @type {Prediction|null} */
    this.one = null;
    this.pictures = pictures;
    this.titleOf = titleOf;
    this.title = h("h3", {});
    this.choice = h("select", { "aria-label": t("pair.other"), onchange: () => this.#draw() });
    this.left = h("div", { class: "side" });
    this.right = h("div", { class: "side" });
    this.element = h(
      "div",
      { class: "pair", "data-testid": "pair", hidden: true },
      h("section", { "aria-label": t("pair.one") }, this.title, this.left),
      h("section", { "aria-label": t("pair.other") }, this.choice, this.right),
    );
  }

  /** @param {Prediction} one with an output @param {Prediction[]} all with outputs */
  show(one, all) {
    this.one = one;
    this.others = all.filter(({ id }) => id !== one.id);
    this.title.textContent = this.titleOf(one.model);
    fill(this.choice, this.others.map(({ id, model }) => `${id} ${this.titleOf(model)}`).join(), () =>
      this.others.map(({ id, model }) => h("option", { value: String(id) }, this.titleOf(model))),
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

  #draw() {
    const other = this.others.find(({ id }) => String(id) === this.choice.value);
    if (this.one) this.#side(this.left, this.one);
    if (other) this.#side(this.right, other);
  }

  /** @param {HTMLElement} side @param {Prediction} prediction */
  #side(side, prediction) {
    const { id, output } = prediction;
    this.#fill(side, `${id} ${output?.text ?? ""}`, () => [this.#content(prediction)]);
  }

  /** @param {HTMLElement} side @param {string} key @param {() => HTMLElement[]} build */
  #fill(side, key, build) {
    const before = [...side.querySelectorAll("img")];
    fill(side, key, build);
    for (const each of before) if (!each.isConnected) this.pictures.hide(each);
  }

  /** @param {Prediction} prediction @returns {HTMLElement} */
  #content(prediction) {
    const { model, output } = prediction;
    if (output?.kind === "labels") return labelBars(output.labels);
    if (output?.kind === "raw") return tensorList(output.tensors);
    if (output?.kind === "text") {
      return h("p", { class: "paragraphs", dir: "auto" }, output.text || summary(prediction));
    }
    const picture = h("img", { alt: this.titleOf(model), class: output?.transparent === false ? "" : "is-cut", draggable: false });
    void this.pictures.show(picture, output?.url);
    return picture;
  }
}
