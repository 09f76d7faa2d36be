// @ts-check
/** What is told of the chosen model: whether photos wait, a photo to try it with, and its card. */

import { isServed } from "../api.js";
import { t, told } from "../language.js";
import { sentenceCase } from "../words.js";
import { button, fill, h } from "./dom.js";

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
   * @param {(path: string, name: string) => void} parts.onTry given the sample's path and a file
   * name for it
   */
  constructor({ onTry }) {
    this.state = h("p", { class: "hint", role: "status" });
    this.sample = button("run", t("model.try"), () => this.#try(), { "data-testid": "try-sample" });
    this.entries = h("dl", {});
    this.about = h("details", { class: "about" }, h("summary", {}, t("model.about")), this.entries);
    this.onTry = onTry;
    this.element = h("div", { class: "model-card" }, this.state, this.sample);
  }

  /** @param {import("../api.js").Model|undefined} model the chosen one, if there is any */
  show(model) {
    this.#model = model;
    this.state.textContent = model ? unserved(model) : t("model.none");
    this.sample.hidden = !model?.sample;
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
