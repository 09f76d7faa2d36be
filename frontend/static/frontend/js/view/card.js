// @ts-check
/** One photo in the gallery: its picture, what is happening to it, and what came out. */

import { imageName, shownName, status, summary } from "../words.js";
import { actionsOf } from "./actions.js";
import { button, fill, h, iconButton } from "./dom.js";
import { labelBars } from "./labels.js";
import { notes } from "./notes.js";
import { Overlay } from "./overlay.js";

/**
 * @typedef {object} Commands what the buttons of cards and of the detail view do
 * @property {(imageId: number, predictionId?: number) => void} open
 * @property {(predictionId: number) => void} cancel
 * @property {(uploadId: number) => void} cancelAll
 * @property {(predictionIds: number[]) => void} cancelThese
 * @property {(predictionId: number) => void} retry
 * @property {(imageId: number, request: {model: string, params?: object}) => void} run
 * @property {(uploadId: number) => void} remove asks first
 * @property {(uploadId: number) => void} removeUnwanted
 * @property {(text: string) => void} copy
 * @property {(imageId: number, predictionId: number) => void} download
 */

export class Card {
  #overlay = new Overlay();
  #isVisible = false;
  /** @type {import("../selectors.js").Card|null} */
  #shown = null;

  /** @param {import("./pictures.js").Pictures} pictures @param {Commands} commands
   * @param {Map<number, File>} files local files, shown until the server has a thumbnail
   * @param {(name: string) => string} titleOf what people call a model */
  constructor(pictures, commands, files, titleOf) {
    this.pictures = pictures;
    this.titleOf = titleOf;
    this.commands = commands;
    this.files = files;
    this.picture = h("img", { alt: "", decoding: "async", draggable: false });
    this.photo = h(
      "button",
      { type: "button", class: "card-photo", onclick: () => this.#open() },
      h("span", { class: "frame" }, this.picture, this.#overlay.element),
    );
    this.name = h("span", { class: "card-name" });
    this.model = h("span", { class: "chip" });
    this.status = h("p", { class: "card-status", "data-testid": "state" });
    this.bar = h("progress", { class: "bar", max: 1, "data-testid": "progress" });
    this.result = h("div", { class: "card-result" });
    this.actions = h("div", { class: "card-actions" });
    this.element = h(
      "li",
      { class: "card", "data-testid": "image-card" },
      this.photo,
      h("div", { class: "card-title" }, this.name, this.model),
      this.status,
      this.bar,
      this.result,
      this.actions,
    );
  }

  /** @param {import("../selectors.js").Card} card */
  update(card) {
    const { image, prediction, work } = card;
    this.#shown = card;
    this.element.dataset.image = String(image.id);
    this.element.dataset.state = prediction?.state ?? "";
    const name = imageName(image);
    // The page stands below it, where a narrow card has room.
    this.name.textContent = shownName(image.name);
    this.name.title = name;
    this.name.dir = "auto";
    this.photo.setAttribute("aria-label", `Open ${name}`);
    this.model.textContent = prediction ? this.titleOf(prediction.model) : "";
    this.#updateStatus(card);
    this.bar.hidden = prediction?.state !== "running";
    this.bar.value = work?.fraction ?? 0;
    this.bar.setAttribute("aria-label", `Progress of ${name}`);
    this.#overlay.resize(image.width, image.height);
    this.#overlay.draw(prediction?.output?.regions ?? work?.regions ?? []);
    const key = `${prediction?.id} ${prediction?.state} ${prediction?.attempt}`;
    fill(this.result, key, () => [...this.#result(prediction), ...notes(prediction)]);
    fill(this.actions, key, () => this.#actions(name, prediction), this.photo);
    this.#showPicture();
  }

  /** Fetch the picture only while the card is on the screen. @param {boolean} isVisible */
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#showPicture();
  }

  /** Put the keyboard's focus on it. */
  focus() {
    this.photo.focus();
  }

  /** Bring an estimate up to date. */
  tick() {
    if (this.#isVisible && this.#shown?.work?.readyAt) this.#updateStatus(this.#shown);
  }

  /** @param {import("../selectors.js").Card} card */
  #updateStatus({ image, prediction, work }) {
    const percent = work && work.fraction > 0 ? ` ${Math.round(work.fraction * 100)} %` : "";
    const found = prediction?.state === "succeeded" ? summary(prediction) : "";
    const page = image.pages > 1 ? `Page ${image.page} · ` : "";
    const text = page + status(prediction, work) + percent;
    this.status.textContent = found ? `${text} · ${found}` : text;
  }

  #showPicture() {
    if (!this.#shown || !this.#isVisible) {
      this.pictures.hide(this.picture);
      return;
    }
    const { image, prediction, work } = this.#shown;
    const output = prediction?.output;
    const result = output?.kind === "image" ? output.url : (work?.previewUrl ?? null);
    this.element.classList.toggle("is-cutout", output?.kind === "image" && output.transparent !== false);
    this.picture.dataset.testid = output?.kind === "image" ? "cutout" : "thumbnail";
    const upright = result ?? image.thumbnail;
    // Not every browser shows what was sent.
    const sent = image.display === image.file ? this.files.get(image.id) : null;
    const source = upright ?? sent ?? null;
    void this.pictures.show(this.picture, source, upright ? null : image.orientation);
  }

  /** @param {import("../store.js").Prediction|null} prediction */
  #result(prediction) {
    const output = prediction?.output;
    if (prediction?.error) return [h("p", { class: "error" }, prediction.error.message)];
    if (output?.kind === "text" && output.text) {
      return [h("p", { class: "excerpt", "data-testid": "ocr-text" }, output.text)];
    }
    if (output?.kind === "labels") return [labelBars(output.labels.slice(0, 3))];
    return [];
  }

  /** @param {string} name @param {import("../store.js").Prediction|null} prediction */
  #actions(name, prediction) {
    return actionsOf(prediction, this.commands).map(({ symbol, label, before, run }) =>
      symbol === "download"
        ? iconButton(symbol, `${before} ${name}`, run)
        : button(symbol, label, run, { "aria-label": `${before} ${name}` }),
    );
  }

  #open() {
    if (this.#shown) this.commands.open(this.#shown.image.id);
  }
}
