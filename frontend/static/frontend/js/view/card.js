// @ts-check
/** One photo in the gallery: its picture, its name and what is happening to it. The rest follows once
 * there is time for it, which while many are scrolled past there isn't. */

import { t } from "../language.js";
import { percent } from "../measures.js";
import { imageName, shortStatus, shownName } from "../words.js";
import { CardDetails } from "./card_details.js";
import { CutName } from "./cut_name.js";
import { h } from "./dom.js";

/** @typedef {import("../commands.js").Commands} Commands */

export class Card {
  /** What can do without until it has come to rest, see `complete`. @type {CardDetails|null} */
  details = null;
  #isVisible = false;
  #isSelected = false;
  /** @type {import("../selectors.js").Card|null} */
  #shown = null;

  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {Commands} parts.commands
   * @param {Map<number, File>} parts.files local files, shown until the server has a thumbnail
   * @param {(name: string) => string} parts.titleOf what people call a model
   * @param {(imageId: number, event: MouseEvent) => void} parts.onPhoto told of a click on the photo
   * @param {(imageId: number, event: MouseEvent) => void} parts.onTick told of one on its tick
   */
  constructor({ pictures, commands, files, titleOf, onPhoto, onTick }) {
    this.pictures = pictures;
    this.titleOf = titleOf;
    this.commands = commands;
    this.files = files;
    const told = (/** @type {typeof onPhoto} */ listener) => (/** @type {MouseEvent} */ event) =>
      this.#shown && listener(this.#shown.image.id, event);
    this.onTick = told(onTick);
    this.picture = h("img", { alt: "", decoding: "async", draggable: false });
    this.frame = h("span", { class: "frame" }, this.picture);
    this.photo = h("button", { type: "button", class: "card-photo", onclick: told(onPhoto) }, this.frame);
    this.name = new CutName("p", { class: "card-name" });
    this.doing = h("span", {});
    this.far = h("span", {});
    this.status = h("p", { class: "card-status", "data-testid": "state" }, this.doing, this.far);
    this.element = h("li", { class: "card", "data-testid": "image-card" }, this.photo, this.name.element, this.status);
  }

  /** Add what it lacks. */
  complete() {
    if (this.details) return;
    this.details = new CardDetails(this);
    this.#updateDetails();
  }

  /** @param {import("../selectors.js").Card} card @param {boolean} isSelected */
  update(card, isSelected) {
    const { image, prediction } = card;
    this.#shown = card;
    this.element.dataset.image = String(image.id);
    this.element.dataset.state = prediction?.state ?? "";
    const name = imageName(image);
    this.name.say(shownName(image.name));
    this.element.title = [name, prediction && this.titleOf(prediction.model)].filter(Boolean).join("\n");
    this.photo.setAttribute("aria-label", t("photo.open", { name }));
    this.#updateStatus();
    this.#updateDetails();
    this.select(isSelected);
    this.#showPicture();
  }

  #updateDetails() {
    if (!this.#shown) return;
    this.details?.update(this.#shown);
    this.details?.select(this.#isSelected);
  }

  /** @param {boolean} isSelected */
  select(isSelected) {
    this.#isSelected = isSelected;
    this.details?.select(isSelected);
    this.element.classList.toggle("is-selected", isSelected);
  }

  /** Fetch the picture only while the card is on the page. @param {boolean} isVisible */
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#showPicture();
  }

  /** Put the keyboard's focus on it. */
  focus() {
    this.complete();
    this.photo.focus();
  }

  /** Bring an estimate up to date. */
  countDown() {
    if (this.#shown?.work?.readyAt) this.#updateStatus();
  }

  #updateStatus() {
    if (!this.#shown) return;
    const { prediction, work } = this.#shown;
    say(this.doing, shortStatus(prediction, work));
    say(this.far, work && work.fraction > 0 ? ` ${percent(work.fraction)}` : "");
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
}

/** @param {HTMLElement} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
