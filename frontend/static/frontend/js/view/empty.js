// @ts-check
/** What stands where the photos will be: what to do, and photos to try models with. */

import { isServed } from "../api.js";
import { t } from "../language.js";
import { fill, h, icon } from "./dom.js";

/** How many models are offered here; all of them are where photos are added. */
const MOST = 3;

export class Empty {
  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {(model: string) => void} parts.onTry
   */
  constructor({ pictures, onTry }) {
    this.pictures = pictures;
    this.onTry = onTry;
    const isTouched = window.matchMedia("(hover: none)").matches;
    const way = t(isTouched ? "empty.touch" : "empty.drop");
    this.samples = h("div", { class: "samples" });
    this.offer = h("div", { hidden: true }, h("p", {}, t("empty.samples")), this.samples);
    this.element = h(
      "section",
      { class: "empty", "data-testid": "empty-state", hidden: true },
      icon("logo"),
      h("h2", {}, t("empty.title")),
      h("p", {}, t("empty.what_comes", { way })),
      this.offer,
    );
  }

  /** @param {boolean} isWanted whether there are no photos, neither here nor on their way */
  show(isWanted) {
    this.element.hidden = !isWanted;
  }

  /** @param {import("../api.js").Model[]} models */
  setModels(models) {
    // What becomes of a text or a picture is seen at a glance.
    const isSeen = (/** @type {{output_kind: string}} */ { output_kind: kind }) => ["text", "image"].includes(kind);
    const able = models.filter((model) => model.sample && isServed(model));
    const offered = able.sort((one, other) => Number(isSeen(other)) - Number(isSeen(one))).slice(0, MOST);
    this.offer.hidden = offered.length === 0;
    fill(this.samples, JSON.stringify(offered.map(({ name, title }) => [name, title])), () =>
      offered.map(({ name, title, sample }) => this.#button(name, title, sample)),
    );
  }

  /** @param {string} name @param {string} title @param {string|null} sample */
  #button(name, title, sample) {
    const photo = h("img", { alt: "", draggable: false });
    void this.pictures.show(photo, sample);
    return h(
      "button",
      { type: "button", class: "sample", "data-testid": `sample-${name}`, onclick: () => this.onTry(name) },
      h("span", { class: "sample-photo" }, photo),
      h("span", {}, title),
    );
  }
}
