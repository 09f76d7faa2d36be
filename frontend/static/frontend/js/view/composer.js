// @ts-check
/** Where an upload is put together: the model, its parameters, and the ways to hand over photos. */

import { isServed } from "../api.js";
import { accepted, formatNames } from "../formats.js";
import { locale, t } from "../language.js";
import { shownName } from "../words.js";
import { filesOf } from "./dropped.js";
import { button, fill, h, icon } from "./dom.js";
import { ModelCard } from "./model_card.js";
import { ModelTiles } from "./model_tiles.js";
import { schemaForm } from "./schema_form.js";

export class Composer {
  #listening = new AbortController();
  /** @type {ReturnType<typeof schemaForm>} */
  #params = schemaForm(null, "param");

  /**
   * @param {object} parts
   * @param {import("../api.js").Model[]} parts.models
   * @param {(string|null)[]} parts.preferred models' names, the most wanted first
   * @param {(name: string) => void} parts.onModel told which one a person has chosen
   * @param {import("../formats.js").Listed[]} parts.formats what the server takes
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {import("./schema_form.js").Images} parts.images that a parameter may be
   * @param {(path: string) => Promise<Blob>} parts.fetchPhoto
   * @param {(...chosen: Parameters<import("../upload.js").Uploader["add"]>) => void} parts.onFiles
   */
  constructor({ models, preferred, onModel, formats, pictures, images, fetchPhoto, onFiles }) {
    /** @type {import("../api.js").Model[]} */
    this.models = [];
    this.images = images;
    this.fetchPhoto = fetchPhoto;
    this.formats = formats;
    this.onFiles = onFiles;
    this.input = h("input", {
      type: "file", multiple: true, accept: accepted(formats), hidden: true,
      "data-testid": "file-input", onchange: () => this.#chosen(this.input),
    });
    this.camera = h("input", {
      type: "file", accept: "image/*", capture: "environment", hidden: true,
      "data-testid": "camera-input", onchange: () => this.#chosen(this.camera),
    });
    this.preferred = preferred;
    this.tiles = new ModelTiles({
      pictures,
      onChoose: (name) => {
        onModel(name);
        this.problem.textContent = "";
        this.#describe();
      },
    });
    this.card = new ModelCard({ onTry: (path, name) => void this.#try(path, name) });
    this.imageType = h("select", { id: "image-type" });
    this.imageTypeField = h(
      "div",
      { class: "field" },
      h("label", { for: "image-type" }, t("new.text_language")),
      this.imageType,
    );
    this.params = h("div", {});
    this.problem = h("p", { class: "error", role: "alert" });
    this.veil = h("div", { class: "veil", hidden: true }, icon("upload"), h("p", {}));
    this.element = this.#build();
    this.setModels(models);
    this.#listen();
  }

  /** Offer these models; what has been chosen and filled in stays, if it still can.
   * @param {import("../api.js").Model[]} models */
  setModels(models) {
    const before = this.#model;
    this.models = models;
    const served = models.find(isServed)?.name;
    this.tiles.setModels(models, [...this.preferred, served]);
    const names = models.map(({ name }) => name);
    const wanted = [before?.name, ...this.preferred, served, names[0]].find((name) => name && names.includes(name));
    this.tiles.value = wanted ?? "";
    if (before && this.tiles.value !== before.name) {
      this.problem.textContent = t("problem.model_gone", { title: before.title });
    }
    this.#describe();
  }

  /** Stop taking what is dropped and pasted on the page. */
  close() {
    this.#listening.abort();
    this.veil.remove();
  }

  #build() {
    const isTouched = window.matchMedia("(hover: none)").matches;
    const drop = h(
      "div",
      { class: "drop", "data-testid": "drop-zone" },
      icon("upload"),
      h("p", { class: "drop-title" }, t("new.drop_title")),
      h("p", { class: "hint" }, t("new.formats", { formats: formatNames(this.formats) })),
      button("image", t("new.choose"), () => this.input.click(), { class: "button primary" }),
      this.input,
      // Not every phone offers its camera where files of many kinds are chosen.
      isTouched && button("camera", t("new.take"), () => this.camera.click(), { class: "button", "data-testid": "take-photo" }),
      this.camera,
    );
    const parts = [this.tiles.element, this.card.element, this.imageTypeField, this.params, this.card.about];
    const form = h("div", { class: "fields" }, ...parts);
    return h("aside", { class: "composer", "aria-label": t("new") }, drop, form, this.problem);
  }

  /** The chosen one. */
  get #model() {
    return this.models.find(({ name }) => name === this.tiles.value);
  }

  #describe() {
    const model = this.#model;
    this.card.show(model);
    const languages = model?.languages ?? [];
    this.imageTypeField.hidden = languages.length === 0;
    fill(this.imageType, JSON.stringify(languages), () => languageOptions(languages));
    const schema = model?.params_schema;
    fill(this.params, JSON.stringify([model?.name, schema]), () => {
      this.#params = schemaForm(schema, "param", { images: this.images });
      return [this.#params.element];
    });
    this.veil.lastChild.textContent = model ? t("new.drop_for", { model: model.title }) : t("new.drop");
  }

  /** @param {HTMLInputElement} input */
  #chosen(input) {
    this.take([...(input.files ?? [])]);
    // So that choosing the same files again is a change again.
    input.value = "";
  }

  /** @param {DataTransfer} transfer */
  async #dropped(transfer) {
    const { files, unread } = await filesOf(transfer);
    this.take(files);
    if (unread.length) {
      const names = unread.slice(0, 3).map(shownName).join(", ");
      this.problem.textContent = t("new.unread", { count: unread.length, names });
    } else if (files.length === 0) {
      this.problem.textContent = t("new.nothing_dropped");
    }
  }

  /** What is asked of new photos. @throws {Error} where a parameter can't be taken */
  get #request() {
    const imageType = this.imageTypeField.hidden ? "" : this.imageType.value;
    return { model: this.tiles.value, params: this.#params.value(), imageType };
  }

  /** Hand over files for the chosen model. @param {File[]} files */
  take(files) {
    this.problem.textContent = "";
    if (files.length === 0) return;
    try {
      this.onFiles(files, this.#request);
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }

  /** Run a model over its own photo. @param {string} name the model's */
  tryOut(name) {
    this.tiles.value = name;
    this.#describe();
    this.card.sample.click();
  }

  /** Who tries a model wants its result, whatever has become of the same photo before.
   * @param {string} path @param {string} name */
  async #try(path, name) {
    this.problem.textContent = "";
    try {
      const request = this.#request;
      const photo = await this.fetchPhoto(path).catch(() => {
        throw new Error(t("new.sample_missing"));
      });
      this.onFiles([new File([photo], name, { type: photo.type })], request, "send");
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }

  #listen() {
    const { signal } = this.#listening;
    document.body.append(this.veil);
    /** @type {EventTarget|null} what files are held over: it may move, or be removed, under them */
    let target = null;
    const setTarget = (/** @type {EventTarget|null} */ value) => {
      target = value;
      this.veil.hidden = value === null;
    };
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
      document.addEventListener(type, listener, { signal });
    const onFiles = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
      on(type, (event) => event.dataTransfer?.types.includes("Files") && listener(event));
    // A browser drops nothing where the last of these two was not answered by preventDefault().
    onFiles("dragenter", (event) => {
      event.preventDefault();
      setTarget(event.target);
    });
    onFiles("dragover", (event) => event.preventDefault());
    onFiles("dragleave", (event) => event.target === target && setTarget(null));
    onFiles("drop", (event) => {
      event.preventDefault();
      setTarget(null);
      void this.#dropped(event.dataTransfer);
    });
    on("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) this.take(files);
    });
  }
}

/** @param {{code: string, note?: string}[]} languages that a model reads */
function languageOptions(languages) {
  const names = new Intl.DisplayNames(locale, { type: "language" });
  const word = (/** @type {string} */ code, /** @type {string|undefined} */ note) =>
    note ? t("new.language_with_note", { language: names.of(code) ?? code, note }) : names.of(code);
  const options = languages.map(({ code, note }) => h("option", { value: code }, word(code, note)));
  return [h("option", { value: "" }, t("new.automatic")), ...options];
}
