// @ts-check
/** What is seen behind a picture where it is transparent: a checkerboard, or a color. */

import { t } from "../language.js";
import { h } from "./dom.js";

/** @type {[import("../language.js").Key, string][]} */
const CHOICES = [
  ["behind.checkerboard", ""],
  ["behind.white", "#ffffff"],
  ["behind.black", "#000000"],
];

export class Behind {
  /** @param {HTMLElement} stage whose pictures it is behind */
  constructor(stage) {
    this.stage = stage;
    this.buttons = CHOICES.map(([word, color]) => {
      const swatch = h("span", { class: "swatch" });
      swatch.classList.toggle("is-checkerboard", !color);
      swatch.style.setProperty("--color", color);
      return h(
        "button",
        { type: "button", class: "icon-button", title: t(word), "aria-label": t(word), onclick: () => this.#show(color) },
        swatch,
      );
    });
    this.own = h("input", {
      type: "color", class: "icon-button", value: "#2d6a3e", title: t("behind.own"), "aria-label": t("behind.own"),
      "data-testid": "color-behind", oninput: () => this.#show(this.own.value), onclick: () => this.#show(this.own.value),
    });
    this.element = h(
      "div",
      { class: "behind", role: "group", "aria-label": t("behind"), "data-testid": "behind" },
      ...this.buttons,
      this.own,
    );
    this.#show("");
  }

  /** @param {string} color "": a checkerboard */
  #show(color) {
    if (color) this.stage.style.setProperty("--behind", color);
    else this.stage.style.removeProperty("--behind");
    this.buttons.forEach((each, at) => each.setAttribute("aria-pressed", String(CHOICES[at][1] === color)));
  }
}
