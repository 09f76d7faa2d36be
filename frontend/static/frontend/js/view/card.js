// @ts-check
/** One photo in the gallery: its picture, what is happening to it, and what came out. */

import { t } from "../language.js";
import { percent } from "../measures.js";
import { canRetry, hasEnded } from "../order.js";
import { readOn } from "../selectors.js";
import { imageName, problem, shortStatus, shownName } from "../words.js";
import { actionsOf } from "./actions.js";
import { CutName } from "./cut_name.js";
import { fill, h, iconButton } from "./dom.js";
import { labelBars } from "./labels.js";
import { notes } from "./notes.js";
import { Overlay } from "./overlay.js";
import { Placeholder } from "./placeholder.js";

/** @typedef {import("../commands.js").Commands} Commands */

/** Of a text, on a photo. */
const MOST_CHARACTERS = 300;

export class Card {
  #overlay = new Overlay();
  #isVisible = false;
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
    this.picture = h("img", { alt: "", decoding: "async", draggable: false });
    this.placeholder = new Placeholder(this.picture);
    // Those who listen have it from the button's name.
    this.page = h("span", { class: "card-page", "aria-hidden": "true", hidden: true });
    this.photo = h(
      "button",
      { type: "button", class: "card-photo", onclick: told(onPhoto) },
      h("span", { class: "frame" }, this.placeholder.element, this.picture, this.#overlay.element, this.page),
    );
    this.tick = h("input", { type: "checkbox", "data-testid": "select", onclick: told(onTick) });
    this.name = new CutName("p", { class: "card-name" });
    this.doing = h("span", {});
    this.far = h("span", {});
    this.status = h("p", { class: "card-status", "data-testid": "state" }, this.doing, this.far);
    this.bar = h("progress", { class: "bar", "data-testid": "progress" });
    this.result = h("div", { class: "card-result" });
    this.actions = h("div", { class: "card-actions" });
    this.element = h(
      "li",
      { class: "card", "data-testid": "image-card" },
      this.photo,
      h("label", { class: "card-tick" }, this.tick),
      this.actions,
      this.result,
      this.bar,
      this.name.element,
      this.status,
    );
  }

  /** @param {import("../selectors.js").Card} card @param {boolean} isSelected */
  update(card, isSelected) {
    const { image, prediction, work } = card;
    this.#shown = card;
    this.element.dataset.image = String(image.id);
    this.element.dataset.state = prediction?.state ?? "";
    const name = imageName(image);
    this.name.say(shownName(image.name));
    this.element.title = [name, prediction && this.titleOf(prediction.model)].filter(Boolean).join("\n");
    this.photo.setAttribute("aria-label", t("photo.open", { name }));
    this.tick.setAttribute("aria-label", t("photo.select", { name }));
    this.page.hidden = image.pages < 2;
    this.page.textContent = t("photo.page", { page: image.page });
    this.select(isSelected);
    this.#updateStatus();
    this.bar.hidden = prediction?.state !== "running";
    // Nobody knows how far it is: the bar moves by itself.
    if (work?.fraction) this.bar.value = work.fraction;
    else this.bar.removeAttribute("value");
    this.bar.setAttribute("aria-label", t("photo.progress", { name }));
    this.#overlay.resize(image.width, image.height, "slice");
    this.#overlay.draw(readOn(prediction)?.regions ?? work?.regions ?? []);
    const key = `${prediction?.id} ${prediction?.state} ${prediction?.attempt}`;
    const excerpt = readOn(prediction)?.text.slice(0, MOST_CHARACTERS) ?? "";
    fill(this.result, key + excerpt, () => [...this.#result(prediction), ...notes(prediction)]);
    fill(this.actions, key, () => this.#actions(name, prediction), this.photo);
    this.placeholder.draw(image.thumbhash, image.width, image.height);
    this.#showPicture();
  }

  /** @param {boolean} isSelected */
  select(isSelected) {
    this.tick.checked = isSelected;
    this.element.classList.toggle("is-selected", isSelected);
  }

  /** Fetch the picture only while the card is on the page. @param {boolean} isVisible */
  setVisible(isVisible) {
    this.#isVisible = isVisible;
    this.#showPicture();
  }

  /** Put the keyboard's focus on it. */
  focus() {
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

  /** @param {import("../store.js").Prediction|null} prediction */
  #result(prediction) {
    const output = prediction?.output;
    if (prediction?.error) return [h("p", { class: "error" }, problem(prediction, this.titleOf))];
    if (output?.kind === "text" && output.text) {
      return [h("p", { class: "excerpt", "data-testid": "ocr-text" }, output.text.slice(0, MOST_CHARACTERS))];
    }
    if (output?.kind === "labels") return [labelBars(output.labels.slice(0, 3))];
    return [];
  }

  /** What is urgent stands on the photo; a download where there is a pointer to point at it, and all
   * the rest beside the photo at full size.
   * @param {string} name @param {import("../store.js").Prediction|null} prediction */
  #actions(name, prediction) {
    const isUrgent = prediction !== null && (!hasEnded(prediction) || canRetry(prediction));
    this.actions.classList.toggle("is-urgent", isUrgent);
    const fitting = actionsOf(prediction, this.commands).filter(({ symbol }) => symbol !== "copy");
    return fitting.map(({ symbol, named, run }) => iconButton(symbol, t(named, { name }), run));
  }
}

/** @param {HTMLElement} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
