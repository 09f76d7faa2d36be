// @ts-check
/** A small form that asks for a model and its parameters. */

import { isServed } from "../api.js";
import { t } from "../language.js";
import { fill, h } from "./dom.js";
import { schemaForm } from "./schema_form.js";

/** @typedef {import("../api.js").Model} Model */

/** A model to choose. @param {Model} model */
export const modelOption = (model) =>
  h("option", { value: model.name }, isServed(model) ? model.title : t("model.not_running", { title: model.title }));

export class RunForm {
  /** @type {ReturnType<typeof schemaForm>} */
  #params;
  /** Whether a person has been at it. */
  #isTouched = false;

  /**
   * @param {object} parts
   * @param {string} parts.title
   * @param {string} parts.id what the ids of its fields begin with
   * @param {Model[]} parts.models
   * @param {Map<string, object>} parts.tried the parameters of those that the photo has had already,
   * by their names
   * @param {string} [parts.preferred] the name of the model that is suggested, where it is there
   * @param {(request: {model: string, params: object}) => void} parts.onRun
   * @param {import("./schema_form.js").Images} parts.images that a parameter may be
   * @param {import("./rectangle_tools.js").Draws} [parts.drawing] on the photo, where one is shown
   */
  constructor({ title, id, models, tried, preferred, onRun, images, drawing }) {
    /** @type {Model[]} */
    this.models = [];
    this.id = id;
    this.tried = tried;
    this.preferred = preferred;
    this.onRun = onRun;
    this.sources = { images, drawing };
    this.#params = schemaForm(null, id);
    this.fields = h("div", {});
    this.problem = h("p", { class: "error", role: "alert" });
    this.select = h("select", {
      id: `${id}-model`, "data-testid": `${id}-model`, onchange: () => this.#chosen(),
    });
    const run = h("button", { type: "submit", class: "button", "data-testid": `${id}-submit` }, t("action.run"));
    this.element = h(
      "form",
      {
        class: "again fields", noValidate: true,
        onsubmit: (/** @type {Event} */ event) => this.#submitted(event),
        onfocusin: () => (this.#isTouched = true),
      },
      h("label", { for: `${id}-model` }, title),
      h("div", { class: "row" }, this.select, run),
      this.fields,
      this.problem,
    );
    this.setModels(models);
  }

  /** Offer these models; what has been chosen and filled in stays, if it still can.
   * @param {Model[]} models */
  setModels(models) {
    const before = this.models.find(({ name }) => name === this.select.value);
    this.models = models;
    fill(this.select, JSON.stringify(models.map(({ name, title, state }) => [name, title, state])), () => models.map(modelOption));
    const untried = models.filter(({ name }) => !this.tried.has(name));
    const preferred = models.find(({ name }) => name === this.preferred);
    const suggested = (preferred ?? untried.find(isServed) ?? models.find(isServed) ?? untried[0])?.name;
    const isThere = models.some(({ name }) => name === before?.name);
    const wanted = isThere && this.#isTouched ? before?.name : suggested;
    if (wanted) this.select.value = wanted;
    // Who is about to run it would run another one unawares.
    if (before && !isThere && this.#isTouched) this.problem.textContent = t("problem.model_gone", { title: before.title });
    this.#describe();
  }

  #chosen() {
    this.problem.textContent = "";
    this.#describe();
  }

  #describe() {
    const name = this.select.value;
    const schema = this.models.find((each) => each.name === name)?.params_schema;
    fill(this.fields, JSON.stringify([name, schema]), () => {
      this.sources.drawing?.end();
      this.#params = schemaForm(schema, this.id, { ...this.sources, values: this.tried.get(name) });
      return [this.#params.element];
    });
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    this.problem.textContent = "";
    try {
      const request = { model: this.select.value, params: this.#params.value() };
      this.sources.drawing?.end();
      this.onRun(request);
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }
}
