// @ts-check
/** A rectangle that is drawn on the photo: by the pointer, or by the keyboard on the rectangle. */

import { t } from "../language.js";
import { beginning, between, dragged, gripAt } from "../rectangle.js";
import { button, h } from "./dom.js";

/** @typedef {import("../rectangle.js").Rectangle} Rectangle */
/** @typedef {import("../rectangle.js").Point} Point */
/** @typedef {import("../rectangle.js").Grip} Grip */
/**
 * Who wants a rectangle.
 * @typedef {object} Wish
 * @property {string} title what it is
 * @property {Rectangle|null} rectangle null: none yet
 * @property {(rectangle: Rectangle) => void} onChange
 * @property {(hadFocus: boolean) => void} onEnd told whether the keyboard was on what goes away
 */

/** How near to an edge one gets hold of it, in pixels of the screen. */
const REACH = { mouse: 10, touch: 24 };
/** In pixels of the screen: less is a click. */
const MOVED = 4;
/** Of the photo's longer side, for each press of a key. */
const STEP = 0.01;
/** @type {Record<string, Point>} */
const ARROWS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const CURSORS = { "-1-1": "nwse", "11": "nwse", "1-1": "nesw", "-11": "nesw", "-10": "ew", "10": "ew", "0-1": "ns", "01": "ns" };

export class Drawing {
  #size = { width: 1, height: 1 };
  /** @type {Wish|null} */
  #wish = null;
  /** @type {Rectangle} */
  #rectangle = [0, 0, 1, 1];
  /** Where the pointer went down, and what it got hold of there.
   * @type {{from: Point, grip: Grip|null, rectangle: Rectangle}|null} */
  #drag = null;

  /** @param {() => void} onToggle told when it begins and when it ends */
  constructor(onToggle) {
    this.onToggle = onToggle;
    const corners = ["nw", "ne", "se", "sw"].map((corner) => h("span", { class: `corner is-${corner}` }));
    this.handle = h(
      "button",
      {
        type: "button", class: "rectangle", "aria-describedby": "drawing-how", "data-testid": "rectangle",
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyed(event),
      },
      ...corners,
    );
    this.element = h(
      "span",
      {
        class: "drawing",
        hidden: true,
        "data-testid": "drawing",
        onpointerdown: (/** @type {PointerEvent} */ event) => this.#touched(event),
        onpointermove: (/** @type {PointerEvent} */ event) => this.#moved(event),
        onpointerup: (/** @type {PointerEvent} */ event) => this.#left(event),
        onpointercancel: (/** @type {PointerEvent} */ event) => this.#left(event),
        ondblclick: (/** @type {Event} */ event) => event.stopPropagation(),
      },
      h("span", { class: "shade" }),
      this.handle,
    );
    const isTouched = window.matchMedia("(hover: none)").matches;
    this.told = h("output", { class: "drawn", "data-testid": "drawn" });
    this.tools = h(
      "div",
      { class: "drawing-tools", hidden: true },
      h("p", { class: "hint", id: "drawing-how" }, t(isTouched ? "draw.how_touch" : "draw.how")),
      this.told,
      button("select", t("draw.done"), () => this.end(), { class: "button primary", "data-testid": "end-drawing" }),
    );
  }

  get isOn() {
    return this.#wish !== null;
  }

  /** The upright photo's size. @param {import("../rectangle.js").Size} size */
  resize({ width, height }) {
    this.#size = { width, height };
    if (this.isOn) this.#show();
  }

  /** @param {Wish} wish */
  begin(wish) {
    this.end();
    this.#wish = wish;
    this.element.hidden = this.tools.hidden = false;
    this.onToggle();
    if (wish.rectangle) this.update(wish.rectangle);
    else this.#set(beginning(this.#size));
    this.#tell();
    this.handle.focus({ preventScroll: true });
  }

  /** What was typed instead. @param {Rectangle} rectangle */
  update([left, top, width, height]) {
    // What is partly outside of the photo is typed on, and shown as far as it is inside.
    this.#rectangle = between({ x: left, y: top }, { x: left + width, y: top + height }, this.#size);
    this.#show();
  }

  end() {
    const wish = this.#wish;
    if (!wish) return;
    const hadFocus = [this.element, this.tools].some((each) => each.contains(document.activeElement));
    this.#wish = this.#drag = null;
    this.element.hidden = this.tools.hidden = true;
    this.onToggle();
    wish.onEnd(hadFocus);
  }

  /** @param {Rectangle} rectangle */
  #set(rectangle) {
    this.#rectangle = rectangle;
    this.#show();
    this.#wish?.onChange(rectangle);
  }

  #show() {
    const [left, top, width, height] = this.#rectangle;
    const { style } = this.element;
    style.setProperty("--left", `${(100 * left) / this.#size.width}%`);
    style.setProperty("--top", `${(100 * top) / this.#size.height}%`);
    style.setProperty("--right", `${(100 * (left + width)) / this.#size.width}%`);
    style.setProperty("--bottom", `${(100 * (top + height)) / this.#size.height}%`);
    this.handle.setAttribute("aria-label", this.#wish?.title ?? "");
  }

  /** Say where it is, once it rests. */
  #tell() {
    const [left, top, width, height] = this.#rectangle.map(String);
    this.told.textContent = t("draw.at", { left, top, width, height });
  }

  /** @param {PointerEvent} event @returns {Point} in pixels of the photo */
  #point({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    const { x, y } = this.#scale();
    return { x: (clientX - left) * x, y: (clientY - top) * y };
  }

  /** How many pixels of the photo one of the screen is. */
  #scale() {
    const { width, height } = this.element.getBoundingClientRect();
    return { x: this.#size.width / Math.max(1, width), y: this.#size.height / Math.max(1, height) };
  }

  /** @param {PointerEvent} event */
  #gripAt(event) {
    const reach = event.pointerType === "mouse" ? REACH.mouse : REACH.touch;
    return gripAt(this.#rectangle, this.#point(event), reach * this.#scale().x);
  }

  /** @param {PointerEvent} event */
  #touched(event) {
    event.stopPropagation();
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    this.#drag = { from: this.#point(event), grip: this.#gripAt(event), rectangle: this.#rectangle };
    this.handle.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    event.stopPropagation();
    if (!event.isPrimary) return;
    if (!this.#drag) {
      const grip = this.#gripAt(event);
      const edge = grip && CURSORS[/** @type {keyof typeof CURSORS} */ (`${grip.x}${grip.y}`)];
      this.element.style.cursor = edge ? `${edge}-resize` : grip ? "move" : "crosshair";
      return;
    }
    const { from, grip, rectangle } = this.#drag;
    const now = this.#point(event);
    const by = { x: now.x - from.x, y: now.y - from.y };
    if (grip) this.#set(dragged(rectangle, grip, by, this.#size));
    else if (Math.hypot(by.x, by.y) > MOVED * this.#scale().x) this.#set(between(from, now, this.#size));
  }

  /** @param {PointerEvent} event */
  #left(event) {
    event.stopPropagation();
    if (!this.#drag || !event.isPrimary) return;
    if (event.type === "pointercancel") this.#set(this.#drag.rectangle);
    this.#drag = null;
    this.#tell();
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const arrow = ARROWS[event.key];
    const isEnd = event.key === "Escape" || event.key === "Enter";
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || isEnd)) return;
    event.preventDefault();
    event.stopPropagation();
    if (isEnd) return this.end();
    const step = Math.max(1, Math.round(Math.max(this.#size.width, this.#size.height) * STEP));
    const by = { x: arrow.x * step, y: arrow.y * step };
    const grip = event.shiftKey ? /** @type {const} */ ({ x: 1, y: 1 }) : /** @type {const} */ ({ x: 0, y: 0 });
    const [left, top, width, height] = this.#rectangle;
    // An edge that is pressed against the opposite one stays there.
    if (event.shiftKey && (width + by.x < 1 || height + by.y < 1)) return undefined;
    this.#set(dragged([left, top, width, height], grip, by, this.#size));
    this.#tell();
    return undefined;
  }
}
