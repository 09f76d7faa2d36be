// @ts-check
/** What is told of the chosen model: its sentence, a photo to try it with, and its card. */

import { isServed } from "../api.js";
import { t, told } from "../language.js";
import { sentenceCase } from "../words.js";
import { fill, h } from "./dom.js";

/** @type {Record<string, import("../language.js").Key>} */
const ENTRIES = {
  task: "model.task",
  purpose: "model.purpose",
  limits: "model.limits",
  quality: "model.quality",
  time: "model.time",
  memory: "model.memory",
  license: "model.license",
  source: "model.source",
};

export class ModelCard {
  /** @type {import("../api.js").Model|undefined} */
  #model;

  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {(path: string, name: string) => void} parts.onTry given the sample's path and a file
   * name for it
   */
  constructor({ pictures, onTry }) {
    this.pictures = pictures;
    this.description = h("p", { class: "hint", id: "model-description" });
    this.photo = h("img", { alt: "" });
    this.sample = h(
      "button",
      { type: "button", class: "sample", "data-testid": "try-sample", onclick: () => this.#try() },
      this.photo,
      h("span", {}, t("model.try")),
    );
    this.entries = h("dl", {});
    this.about = h("details", { class: "about" }, h("summary", {}, t("model.about")), this.entries);
    this.onTry = onTry;
    this.element = h("div", { class: "model-card" }, this.description, this.sample, this.about);
  }

  /** @param {import("../api.js").Model|undefined} model the chosen one, if there is any */
  show(model) {
    this.#model = model;
    this.description.textContent = model
      ? [model.description, unserved(model)].filter(Boolean).join(" ")
      : t("model.none");
    this.sample.hidden = !model?.sample;
    void this.pictures.show(this.photo, model?.sample ?? null);
    const told = { task: model?.task && sentenceCase(model.task), ...model?.card };
    const known = Object.keys(ENTRIES).filter((key) => told[key]);
    this.about.hidden = known.length === 0;
    fill(this.entries, JSON.stringify(told), () =>
      known.flatMap((key) => [h("dt", {}, t(ENTRIES[key])), h("dd", {}, told[key])]),
    );
  }

  #try() {
    if (this.#model?.sample) this.onTry(this.#model.sample, `${this.#model.name}.jpg`);
  }
}

/** Why photos for this model are refused or wait; empty: they don't.
 * @param {import("../api.js").Model} model */
function unserved(model) {
  if (model.refusal) return told(model.refusal);
  return isServed(model) ? "" : t("model.unserved");
}
