// @ts-check
/** Where an upload is put together: the model, its parameters, and the ways to hand over photos. */

import { formatNames } from "../formats.js";
import { counted } from "../words.js";
import { filesOf } from "./dropped.js";
import { button, h, icon } from "./dom.js";
import { schemaForm } from "./schema_form.js";

const SAMPLES = ["page.jpg", "astronaut.jpg", "coffee.jpg"];
const IMAGE_TYPES = [
  ["", "Automatic"],
  ["en", "English"],
  ["ko", "Korean"],
  ["ja", "Japanese"],
  ["zh", "Chinese"],
  ["en-handwritten", "English, handwritten"],
  ["ko-handwritten", "Korean, handwritten"],
];

export class Composer {
  #listening = new AbortController();
  /** @type {ReturnType<typeof schemaForm>} */
  #params = schemaForm(null, "param");

  /**
   * @param {object} parts
   * @param {import("../api.js").Model[]} parts.models
   * @param {string} parts.preferred a model's name
   * @param {string[]} parts.contentTypes what the server takes
   * @param {(files: File[], request: import("../upload.js").Request) => void} parts.onFiles
   */
  constructor({ models, preferred, contentTypes, onFiles }) {
    this.models = models;
    this.contentTypes = contentTypes;
    this.onFiles = onFiles;
    this.input = h("input", {
      type: "file", multiple: true, accept: contentTypes.join(), hidden: true,
      "data-testid": "file-input", onchange: () => this.#chosen(),
    });
    this.select = h(
      "select",
      { id: "model", "data-testid": "model-select", onchange: () => this.#describe() },
      ...models.map(({ name }) => h("option", { value: name, selected: name === preferred }, name)),
    );
    this.description = h("p", { class: "hint", id: "model-description" });
    this.select.setAttribute("aria-describedby", "model-description");
    this.imageType = h(
      "select",
      { id: "image-type" },
      ...IMAGE_TYPES.map(([value, word]) => h("option", { value }, word)),
    );
    this.imageTypeField = h(
      "div",
      { class: "field" },
      h("label", { for: "image-type" }, "Language and style"),
      this.imageType,
    );
    this.params = h("div", {});
    this.problem = h("p", { class: "error", role: "alert" });
    this.veil = h("div", { class: "veil", hidden: true }, icon("upload"), h("p", {}));
    this.element = this.#build();
    this.#describe();
    this.#listen();
  }

  /** Stop taking what is dropped and pasted on the page. */
  close() {
    this.#listening.abort();
    this.veil.remove();
  }

  #build() {
    const drop = h(
      "div",
      { class: "drop", "data-testid": "drop-zone" },
      icon("upload"),
      h("p", { class: "drop-title" }, "Drop photos anywhere"),
      h("p", { class: "hint" }, `or paste them. ${formatNames(this.contentTypes)}.`),
      button("image", "Choose photos", () => this.input.click(), { class: "button primary" }),
      button("sparkle", "Try with sample photos", () => void this.#samples(), {
        "data-testid": "try-samples",
      }),
      this.input,
    );
    const model = h("div", { class: "field" }, h("label", { for: "model" }, "Model"), this.select);
    const form = h("div", { class: "fields" }, model, this.description, this.imageTypeField, this.params);
    return h("aside", { class: "composer", "aria-label": "New photos" }, drop, form, this.problem);
  }

  #describe() {
    const model = this.models.find(({ name }) => name === this.select.value);
    this.description.textContent = model?.description ?? "No model is available just now.";
    this.imageTypeField.hidden = model?.output_kind !== "text";
    this.#params = schemaForm(model?.params_schema, "param");
    this.params.replaceChildren(this.#params.element);
    const verb = this.select.value ? ` with ${this.select.value}` : "";
    this.veil.lastChild.textContent = `Drop to develop${verb}`;
  }

  #chosen() {
    this.#take([...this.input.files]);
    // So that choosing the same files again is a change again.
    this.input.value = "";
  }

  /** @param {DataTransfer} transfer */
  async #dropped(transfer) {
    const { files, unread } = await filesOf(transfer);
    this.#take(files);
    if (unread.length) {
      const count = counted(unread.length, "dropped file or folder", "dropped files or folders");
      this.problem.textContent = `The browser can't read ${count}: ${unread.slice(0, 3).join(", ")}`;
    } else if (files.length === 0) {
      this.problem.textContent = "There are no files in what was dropped.";
    }
  }

  /** @param {File[]} files */
  #take(files) {
    this.problem.textContent = "";
    if (files.length === 0) return;
    try {
      const imageType = this.imageTypeField.hidden ? "" : this.imageType.value;
      this.onFiles(files, { model: this.select.value, params: this.#params.value(), imageType });
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }

  async #samples() {
    const folder = new URL("../../samples/", import.meta.url);
    try {
      const files = await Promise.all(
        SAMPLES.map(async (name) => {
          const response = await fetch(new URL(name, folder));
          return new File([await response.blob()], name, { type: "image/jpeg" });
        }),
      );
      this.#take(files);
    } catch {
      this.problem.textContent = "The sample photos can't be fetched just now.";
    }
  }

  #listen() {
    const { signal } = this.#listening;
    document.body.append(this.veil);
    let depth = 0;
    const setDepth = (/** @type {number} */ value) => {
      depth = Math.max(0, value);
      this.veil.hidden = depth === 0;
    };
    const holdsFiles = (/** @type {DragEvent} */ event) =>
      event.dataTransfer?.types.includes("Files") ?? false;
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
      document.addEventListener(type, listener, { signal });
    on("dragenter", (event) => holdsFiles(event) && setDepth(depth + 1));
    on("dragleave", (event) => holdsFiles(event) && setDepth(depth - 1));
    on("dragover", (event) => holdsFiles(event) && event.preventDefault());
    on("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      void this.#dropped(event.dataTransfer);
    });
    on("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) this.#take(files);
    });
  }
}
