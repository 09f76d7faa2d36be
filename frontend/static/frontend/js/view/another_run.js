// @ts-check
/** Beside a photo: the form that gives it to another model. */

import { t } from "../language.js";
import { choosableImages } from "../selectors.js";
import { fill, h } from "./dom.js";
import { RunForm } from "./run_form.js";

export class AnotherRun {
  element = h("div", {});
  /** @type {RunForm|null} */
  #form = null;

  /**
   * @param {object} parts
   * @param {import("../commands.js").Commands} parts.commands
   * @param {() => import("../store.js").State} parts.state
   * @param {import("./stage.js").Stage["drawing"]} parts.drawing
   */
  constructor({ commands, state, drawing }) {
    this.commands = commands;
    this.state = state;
    this.drawing = drawing;
  }

  /** @param {number} imageId @param {import("../store.js").Prediction[]} predictions what it had
   * @param {import("../api.js").Model[]} models */
  render(imageId, predictions, models) {
    fill(this.element, String(imageId), () => {
      this.#form = new RunForm({
        title: t("model.another"),
        id: "again",
        models,
        tried: new Map(predictions.map(({ model, params }) => [model, params])),
        onRun: (request) => this.commands.run([imageId], request),
        images: () => choosableImages(this.state()),
        drawing: this.drawing,
      });
      return [this.#form.element];
    });
    if (models !== this.#form?.models) this.#form?.setModels(models);
  }
}
