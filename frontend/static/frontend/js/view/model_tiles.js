// @ts-check
/** The models to choose from, each with a picture, its title and its sentence. */

import { isServed } from "../api.js";
import { t } from "../language.js";
import { h, icon, keepFocus } from "./dom.js";

/** @typedef {import("../api.js").Model} Model */

/** How many are seen before somebody asks for all. */
const FEW = 4;

export class ModelTiles {
  /** @type {Model[]} */
  #models = [];
  /** @type {Map<string, {element: HTMLElement, input: HTMLInputElement, photo: HTMLImageElement}>} */
  #tiles = new Map();
  #isWhole = false;

  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {(name: string) => void} parts.onChoose told which one a person has chosen
   */
  constructor({ pictures, onChoose }) {
    this.pictures = pictures;
    this.onChoose = onChoose;
    this.list = h("div", { class: "model-tiles" });
    this.all = h("button", { type: "button", class: "link", "data-testid": "all-models", onclick: () => this.#showAll() });
    this.element = h("fieldset", { class: "field models", "data-testid": "models" }, h("legend", {}, t("new.model")), this.list, this.all);
  }

  /** The chosen model's name; "" where there is none. */
  get value() {
    return this.list.querySelector("input:checked")?.value ?? "";
  }

  set value(name) {
    const tile = this.#tiles.get(name);
    if (tile) tile.input.checked = true;
    this.#fold();
  }

  /** Offer these models, those first that are asked for by name, then those that run and have a photo;
   * what was chosen stays, if it is still there.
   * @param {Model[]} models @param {(string|null|undefined)[]} first */
  setModels(models, first) {
    const before = this.value;
    const rank = (/** @type {Model} */ model) => {
      const at = first.indexOf(model.name);
      return at >= 0 ? at - first.length : Number(!isServed(model)) * 2 + Number(!model.sample);
    };
    this.#models = [...models].sort((one, other) => rank(one) - rank(other));
    const hadFocus = this.list.contains(document.activeElement);
    const gone = [...this.#tiles.values()].map(({ photo }) => photo);
    this.#tiles = new Map(this.#models.map((model) => [model.name, this.#tile(model)]));
    this.list.replaceChildren(...[...this.#tiles.values()].map(({ element }) => element));
    this.value = before;
    for (const photo of gone) this.pictures.hide(photo);
    if (hadFocus) this.#tiles.get(this.value)?.input.focus();
  }

  /** @param {Model} model */
  #tile(model) {
    const { name, title, description } = model;
    const ids = { title: `model-${name}-title`, sentence: `model-${name}-sentence` };
    const input = h("input", {
      type: "radio", name: "model", value: name, class: "visually-hidden", "data-testid": "model",
      "aria-labelledby": ids.title, "aria-describedby": ids.sentence,
      onchange: () => this.onChoose(name),
    });
    const photo = h("img", { alt: "", draggable: false });
    const words = isServed(model) ? title : t("model.not_running", { title });
    const element = h(
      "label",
      { class: "model-tile", "data-testid": `model-${name}` },
      input,
      h("span", { class: "model-photo" }, icon("image"), photo),
      h("span", { class: "model-title", id: ids.title }, words),
      h("span", { class: "model-sentence", id: ids.sentence }, description),
    );
    return { element, input, photo };
  }

  /** Few are seen until all are asked for, and the chosen one always. */
  #fold() {
    // A button that shows one more takes the room of one.
    const count = this.#models.length > FEW + 1 ? FEW : FEW + 1;
    const few = this.#models.slice(0, count).map(({ name }) => name);
    const { value } = this;
    for (const { name, sample } of this.#models) {
      const tile = this.#tiles.get(name);
      if (!tile) continue;
      tile.element.hidden = !(this.#isWhole || few.includes(name) || name === value);
      if (!tile.element.hidden) void this.pictures.show(tile.photo, sample);
    }
    this.all.hidden = this.#isWhole || this.#models.length <= count;
    this.all.textContent = t("model.all", { count: this.#models.length });
  }

  #showAll() {
    this.#isWhole = true;
    keepFocus(this.element, () => this.#fold());
  }
}
