// @ts-check
/**
 * Zooming into a photo and moving about in it: wheel, two fingers, double click, keys; at its own
 * size a swipe leads to the next photo.
 *
 * @typedef {{scale: number, x: number, y: number}} View how much larger than when it is seen whole,
 * and how far its middle is from the middle of its box, in pixels
 * @typedef {{width: number, height: number}} Size in pixels
 * @typedef {{x: number, y: number}} Point in pixels from the middle of the box
 */

/** @type {View} */
export const WHOLE = { scale: 1, x: 0, y: 0 };
const MOST = 16;
const STEP = 1.5;
/** What a double click zooms by. */
const CLOSE = 3;
/** In pixels: less is a click. */
const MOVED = 4;
const SWIPE = 48;

/** Larger by a factor, while what is at this point stays there.
 * @param {View} view @param {number} factor @param {Point} point @returns {View} */
export function zoomed(view, factor, point) {
  const scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

/** Kept within its box: it is in the middle where it has room, else no edge of it leaves the box's.
 * @param {View} view @param {Size} box @param {Size} content when it is seen whole @returns {View} */
export function bounded({ scale, x, y }, box, content) {
  const within = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ room) => {
    const spare = Math.max(0, (length * scale - room) / 2);
    return Math.min(spare, Math.max(-spare, at));
  };
  return { scale, x: within(x, content.width, box.width), y: within(y, content.height, box.height) };
}

export class Zoom {
  #view = WHOLE;
  /** Those that touch it, by id. @type {Map<number, Point>} */
  #pointers = new Map();
  /** How far one pointer has moved in all. @type {Point} */
  #way = { x: 0, y: 0 };

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.box
   * @param {HTMLElement} parts.content
   * @param {(by: 1|-1) => void} parts.onSwipe
   * @param {(scale: number) => void} parts.onChange
   */
  constructor({ box, content, onSwipe, onChange }) {
    this.box = box;
    this.content = content;
    this.onSwipe = onSwipe;
    this.onChange = onChange;
    box.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    box.addEventListener("dblclick", (event) => this.#doubled(event));
    box.addEventListener("pointerdown", (event) => this.#touched(event));
    box.addEventListener("pointermove", (event) => this.#moved(event));
    box.addEventListener("pointerup", (event) => this.#left(event));
    box.addEventListener("pointercancel", (event) => this.#left(event));
  }

  /** See all of it. */
  reset() {
    this.#show(WHOLE);
  }

  /** @param {1|-1} direction */
  step(direction) {
    this.#show(zoomed(this.#view, STEP ** direction, { x: 0, y: 0 }));
  }

  /** @param {View} view */
  #show(view) {
    const { clientWidth: width, clientHeight: height } = this.box;
    const { offsetWidth, offsetHeight } = this.content;
    this.#view = bounded(view, { width, height }, { width: offsetWidth, height: offsetHeight });
    const { scale, x, y } = this.#view;
    this.content.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    // What keeps its size on the screen is made smaller by it.
    this.content.style.setProperty("--zoom", String(scale));
    this.box.classList.toggle("is-zoomed", scale > 1);
    this.onChange(scale);
  }

  /** @param {MouseEvent} event @returns {Point} */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.box.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  /** @param {WheelEvent} event */
  #wheeled(event) {
    event.preventDefault();
    // A notch of a wheel is about 100 pixels; a touchpad's pinch comes in small ones, with Ctrl.
    const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002));
    this.#show(zoomed(this.#view, factor, this.#point(event)));
  }

  /** @param {MouseEvent} event */
  #doubled(event) {
    if (isText(event.target)) return;
    this.#show(this.#view.scale > 1 ? WHOLE : zoomed(this.#view, CLOSE, this.#point(event)));
  }

  /** @param {PointerEvent} event */
  #touched(event) {
    // A mouse on text marks it.
    if (event.button !== 0 || (event.pointerType === "mouse" && isText(event.target))) return;
    if (this.#pointers.size === 0) this.#way = { x: 0, y: 0 };
    this.#pointers.set(event.pointerId, this.#point(event));
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    const by = { x: now.x - before.x, y: now.y - before.y };
    if (other) {
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const factor = apart(now, other) / Math.max(1, apart(before, other));
      this.#way = { x: 0, y: Infinity };
      this.#show(shifted(zoomed(this.#view, factor, middle), { x: by.x / 2, y: by.y / 2 }));
      return;
    }
    this.#way = { x: this.#way.x + by.x, y: this.#way.y + by.y };
    if (Math.hypot(this.#way.x, this.#way.y) < MOVED || this.#view.scale === 1) return;
    this.box.setPointerCapture(event.pointerId);
    this.#show(shifted(this.#view, by));
  }

  /** @param {PointerEvent} event */
  #left(event) {
    if (!this.#pointers.delete(event.pointerId) || this.#pointers.size) return;
    const { x, y } = this.#way;
    const isSwipe = event.type === "pointerup" && event.pointerType === "touch" && this.#view.scale === 1;
    if (isSwipe && Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) this.onSwipe(x < 0 ? 1 : -1);
  }
}

/** @param {View} view @param {Point} by @returns {View} */
const shifted = (view, by) => ({ ...view, x: view.x + by.x, y: view.y + by.y });

/** @param {Point} a @param {Point} b */
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {EventTarget|null} target */
const isText = (target) => target instanceof Element && target.classList.contains("word");
