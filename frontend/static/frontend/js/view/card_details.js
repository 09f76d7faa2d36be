// @ts-check
/** What lies on a photo of the gallery: its tick, what can be done with it, how far it is, and what
 * came out. */

import { t } from "../language.js";
import { canRetry, hasEnded } from "../order.js";
import { readOn } from "../selectors.js";
import { imageName, problem } from "../words.js";
import { actionsOf } from "./actions.js";
import { fill, h, iconButton } from "./dom.js";
import { labelBars } from "./labels.js";
import { notes } from "./notes.js";
import { Overlay } from "./overlay.js";
import { Placeholder } from "./placeholder.js";

/** Of a text, on a photo. */
const MOST_CHARACTERS = 300;

export class CardDetails {
  #overlay = new Overlay();

  /** @param {import("./card.js").Card} card */
  constructor({ commands, titleOf, onTick, photo, picture, frame }) {
    this.commands = commands;
    this.titleOf = titleOf;
    this.photo = photo;
    this.placeholder = new Placeholder(picture, frame);
    // Those who listen have it from the button's name.
    this.page = h("span", { class: "card-page", "aria-hidden": "true" });
    this.tick = h("input", { type: "checkbox", "data-testid": "select", onclick: onTick });
    this.bar = h("progress", { class: "bar", "data-testid": "progress" });
    this.result = h("div", { class: "card-result" });
    this.actions = h("div", { class: "card-actions" });
    frame.append(this.#overlay.element, this.page);
    photo.after(h("label", { class: "card-tick" }, this.tick), this.actions, this.result, this.bar);
  }

  /** @param {boolean} isSelected */
  select(isSelected) {
    this.tick.checked = isSelected;
  }

  /** @param {import("../selectors.js").Card} card */
  update({ image, prediction, work }) {
    const name = imageName(image);
    this.tick.setAttribute("aria-label", t("photo.select", { name }));
    this.page.textContent = image.pages > 1 ? t("photo.page", { page: image.page }) : "";
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
