// @ts-check
/** The ways in which photos come to the page: put together beside the gallery or in a sheet, or shared. */

import { Kept } from "../kept.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Shared } from "./shared.js";
import { Sheet } from "./sheet.js";

/** @typedef {ConstructorParameters<typeof Composer>[0]} ComposerParts */

export class NewPhotos {
  /** What stands beside the gallery where there is room. */
  aside = h("div", { class: "side" });
  #content = h("div", {});
  /** @type {Composer|null} */
  #composer = null;
  #chosenModel = new Kept("darkroom.model");
  sheet = new Sheet(this.#content, this.aside);

  /**
   * @param {Omit<ComposerParts, "models"|"preferred"|"onModel">} parts
   * @param {string} defaultModel the server's
   * @param {string} user who is signed in
   * @param {() => void} onTurnedTo told when somebody turns to what photos are sent with
   */
  constructor(parts, defaultModel, user, onTurnedTo) {
    for (const kind of ["pointerenter", "focusin"]) this.#content.addEventListener(kind, onTurnedTo);
    this.shared = new Shared(user, (files) => this.#composer?.take(files));
    this.parts = parts;
    this.defaultModel = defaultModel;
  }

  start() {
    this.sheet.start();
  }

  stop() {
    this.sheet.stop();
    this.#composer?.close();
  }

  /** Run a model over its own photo. @param {string} name the model's */
  tryOut = (name) => this.#composer?.tryOut(name);

  /** Offer these models. @param {import("../api.js").Model[]} models */
  setModels(models) {
    if (this.#composer) {
      this.#composer.setModels(models);
      return;
    }
    this.#composer = new Composer({
      ...this.parts,
      models,
      preferred: [this.#chosenModel.read(), this.defaultModel],
      onModel: (name) => this.#chosenModel.write(name),
      onFiles: (...chosen) => {
        this.sheet.close();
        this.parts.onFiles(...chosen);
      },
    });
    this.#content.replaceChildren(this.#composer.element);
    void this.shared.start();
  }
}
