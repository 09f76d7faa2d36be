// @ts-check
/** The photo itself, as large as there is room: what was sent, what a model made of it, or both on
 * the two sides of a line; with the regions of text over it, and zoomed into. */

import { t } from "../language.js";
import { percent } from "../measures.js";
import { imageName } from "../words.js";
import { Behind } from "./behind.js";
import { h, iconButton, keepFocus } from "./dom.js";
import { Overlay } from "./overlay.js";
import { Zoom } from "./zoom.js";

/** Two pictures are of the same view if their proportions differ by less. */
const SAME_VIEW = 0.02;

/** @typedef {import("../store.js").Image} Image */

export class Stage {
  #overlay;
  /** How much of the photo is shown as it was sent, in percent from the left. */
  #split = 0;
  /** @type {[Image, any]|null} the image, and its output if that is a picture */
  #shown = null;
  /** @type {import("./drawing.js").Drawing|null} */
  #drawing = null;
  /** Rectangles on the photo; what draws them is loaded for the first one.
   * @type {import("./rectangle_tools.js").Draws} */
  drawing = {
    begin: async (wish) => {
      const shown = this.#shown?.[0].id;
      const drawing = (this.#drawing ??= await this.#loadDrawing());
      if (shown !== undefined && this.#shown?.[0].id === shown) drawing.begin(wish);
      else wish.onEnd(false);
    },
    update: (rectangle) => this.#drawing?.update(rectangle),
    end: () => this.#drawing?.end(),
  };
  /** What is seen, or on its way. @type {string|null} */
  #source = null;

  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {(index: number|null) => void} parts.onPoint told which region the pointer is on
   * @param {(by: 1|-1) => void} parts.onSwipe
   * @param {() => void} [parts.onDraw] told when drawing on the photo begins
   */
  constructor({ pictures, onPoint, onSwipe, onDraw }) {
    this.pictures = pictures;
    this.onDraw = onDraw;
    this.#overlay = new Overlay(onPoint);
    // What is read on a photo is seen with it, and not over the one before.
    const seen = () => this.frame.classList.remove("is-waiting");
    this.picture = h("img", { alt: "", draggable: false, "data-testid": "full-image", onload: seen });
    this.original = h("img", { alt: "", draggable: false });
    this.first = h("span", { class: "layer is-first", hidden: true }, this.original);
    const layer = h("span", { class: "layer" }, this.picture);
    this.frame = h("span", { class: "frame" }, layer, this.first, this.#overlay.element);
    this.box = h("div", { class: "zoom-box" }, this.frame);
    this.slider = h("input", {
      type: "range", min: 0, max: 100, step: "any", "aria-label": t("compare.how_much"),
      "data-testid": "compare", oninput: () => this.#slide(Number(this.slider.value)),
    });
    const side = (/** @type {string} */ word, /** @type {number} */ split) =>
      h("button", { type: "button", class: "tab", onclick: () => this.#slide(split) }, word);
    this.before = side(t("compare.before"), 100);
    this.after = side(t("compare.after"), 0);
    this.sides = h(
      "div",
      { class: "sides", role: "group", "aria-label": t("compare") },
      this.before, this.after, this.slider,
    );
    this.zoom = new Zoom({
      box: this.box,
      content: this.frame,
      onSwipe,
      onChange: (scale) => this.#zoomed(scale),
    });
    this.smaller = iconButton("zoom-out", t("zoom.out"), () => this.zoom.step(-1));
    this.larger = iconButton("zoom-in", t("zoom.in"), () => this.zoom.step(1));
    this.scale = h("span", { class: "scale", role: "status" });
    this.tools = h("div", { class: "zoom-tools" }, this.smaller, this.scale, this.larger);
    this.foot = h("div", { class: "stage-tools" }, this.sides, this.tools);
    this.element = h("div", { class: "stage" }, this.box, this.foot);
    this.behind = new Behind(this.element);
    this.foot.append(this.behind.element);
    this.#zoomed(1);
  }

  /** Begin with a photo: the whole of it, and what became of it. */
  begin() {
    this.clear();
    this.#split = 0;
    this.zoom.reset();
  }

  /** @param {Image} image @param {import("../store.js").Prediction|null} prediction
   * @param {import("../selectors.js").Region[]} regions @param {string} model what people call it */
  render(image, prediction, regions, model) {
    const output = prediction?.output?.kind === "image" ? prediction.output : null;
    this.#shown = [image, output];
    this.model = model;
    this.#overlay.resize(image.width, image.height);
    this.#drawing?.resize(image);
    this.#overlay.draw(regions);
    this.#draw();
  }

  /** @param {number|null} index */
  mark(index) {
    this.#overlay.mark(index);
  }

  /** Let go of the pictures. */
  clear() {
    this.drawing.end();
    this.#shown = this.#source = null;
    this.pictures.hide(this.picture);
    this.pictures.hide(this.original);
    this.#overlay.draw([]);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was for the photo */
  keyed({ key }) {
    if (key === "+" || key === "=") this.zoom.step(1);
    else if (key === "-") this.zoom.step(-1);
    else if (key === "0") this.zoom.reset();
    else return false;
    return true;
  }

  async #loadDrawing() {
    const { Drawing } = await import("./drawing.js");
    if (this.#drawing) return this.#drawing;
    const drawing = new Drawing(() => {
      if (drawing.isOn) this.onDraw?.();
      this.#draw();
      if (drawing.isOn) this.element.scrollIntoView({ block: "nearest" });
    });
    if (this.#shown) drawing.resize(this.#shown[0]);
    this.frame.append(drawing.element);
    this.foot.prepend(drawing.tools);
    return drawing;
  }

  /** @param {number} split */
  #slide(split) {
    this.#split = split;
    this.#draw();
  }

  #draw() {
    if (!this.#shown) return;
    const [image, output] = this.#shown;
    const isComparable = output !== null && isSameView(image, output) && !this.#drawing?.isOn;
    // It is drawn on the photo as it was sent.
    const isBefore = output === null || this.#drawing?.isOn || (!isComparable && this.#split > 0);
    const size = isBefore ? image : output;
    const source = isBefore ? image.file : output.url;
    if (source !== this.#source) this.frame.classList.add("is-waiting");
    this.#source = source;
    this.frame.style.setProperty("--ratio", String(size.width / size.height || 1));
    this.frame.style.setProperty("--split", `${isBefore ? 0 : this.#split}%`);
    const isCutout = !isBefore && output.transparent !== false;
    this.element.classList.toggle("is-cutout", isCutout);
    keepFocus(this.behind.element, () => (this.behind.element.hidden = !isCutout));
    const name = imageName(image);
    this.picture.alt = isBefore ? name : t("compare.result", { name, model: this.model ?? "" });
    if (isBefore) this.#showOriginal(this.picture, image);
    else void this.pictures.show(this.picture, output.url);
    this.first.hidden = !isComparable || this.#split === 0;
    this.original.alt = t("compare.original", { name });
    if (!this.first.hidden) this.#showOriginal(this.original, image);
    keepFocus(this.sides, () => {
      this.sides.hidden = output === null || Boolean(this.#drawing?.isOn);
      this.slider.hidden = !isComparable;
    });
    this.slider.value = String(this.#split);
    this.before.setAttribute("aria-pressed", String(this.#split === 100));
    this.after.setAttribute("aria-pressed", String(this.#split === 0));
  }

  /** @param {HTMLImageElement} element @param {Image} image */
  #showOriginal(element, image) {
    // What browsers do not show is drawn for them together with the thumbnail.
    const source = image.display === image.file || image.thumbnail ? image.display : null;
    const orientation = source === image.file ? image.orientation : null;
    void this.pictures.show(element, source, orientation).then((isShown) => {
      // The original may be gone while its thumbnail is kept.
      if (!isShown && !element.src && this.#shown?.[0].id === image.id) {
        void this.pictures.show(element, image.thumbnail);
      }
    });
  }

  /** @param {number} scale */
  #zoomed(scale) {
    keepFocus(this.tools, () => (this.smaller.disabled = scale === 1));
    this.scale.textContent = percent(scale);
  }
}

/** @param {Image} image @param {{width: number, height: number}} output */
function isSameView(image, output) {
  const [one, other] = [image.width / image.height, output.width / output.height];
  return Math.abs(one / other - 1) < SAME_VIEW;
}
