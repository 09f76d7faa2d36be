// @ts-check
/** The photos by day. Only tiles near the screen are in the document, however many there are. */

import { days } from "../days.js";
import { matcher } from "../filter.js";
import { t } from "../language.js";
import { card, tally } from "../selectors.js";
import { day as dayWords } from "../measures.js";
import { Card } from "./card.js";
import { Day } from "./day.js";
import { h, keepFocus } from "./dom.js";
import { grid } from "./grid.js";

/** How far above and below the window tiles are made, in windows. */
const MARGIN = 0.75;
/** In rem. */
const GAP = 0.5;
const CAPTION = 2.75;
const LEAST = { narrow: 6.5, wide: 7.5 };
const LARGE = { narrow: 9, wide: 11 };
const WIDE = 44;
/** Photos are large while they need no more rows than these. */
const FEW_ROWS = { narrow: 3, wide: 2 };

/** Safari does not tell. @type {(run: (deadline: {timeRemaining: () => number}) => void) => void} */
const whenIdle = window.requestIdleCallback ?? ((run) => setTimeout(run, 50, { timeRemaining: () => 1 }));

export class Gallery {
  /** By day. @type {Map<string, Day>} */
  #days = new Map();
  /** Image ids as they are shown. @type {number[]} */
  order = [];
  /** @type {import("../store.js").State|null} */
  #drawn = null;
  #frame = 0;
  #isCompleting = false;
  #resized = new ResizeObserver(() => this.#placeSoon());

  /**
   * @param {Omit<ConstructorParameters<typeof Card>[0], "onPhoto"|"onTick">} parts
   * @param {object} more
   * @param {import("../selection.js").Selection} more.selection
   * @param {() => import("../filter.js").Filter} more.filter
   * @param {(imageId: number) => boolean} more.isHidden
   */
  constructor(parts, { selection, filter, isHidden }) {
    this.selection = selection;
    this.filter = filter;
    this.isHidden = isHidden;
    this.parts = {
      ...parts,
      onPhoto: (/** @type {number} */ id, /** @type {MouseEvent} */ event) => {
        if (selection.isOn || event.shiftKey) this.#tick(id, event);
        else parts.commands.open(id);
      },
      onTick: (/** @type {number} */ id, /** @type {MouseEvent} */ event) => this.#tick(id, event),
    };
    this.element = h("div", {
      class: "gallery",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyed(event),
    });
  }

  start() {
    window.addEventListener("scroll", this.#placeSoon, { passive: true });
    window.addEventListener("resize", this.#placeSoon);
    this.selection.addEventListener("change", this.#selected);
    this.#resized.observe(this.element);
  }

  /** Stop watching and let go of every picture. */
  stop() {
    window.removeEventListener("scroll", this.#placeSoon);
    window.removeEventListener("resize", this.#placeSoon);
    this.selection.removeEventListener("change", this.#selected);
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    for (const day of this.#days.values()) day.clear();
  }

  /** Draw what differs from the state drawn last. @param {import("../store.js").State} state */
  render(state) {
    const before = this.#drawn;
    this.#drawn = state;
    if (before?.images !== state.images || before?.predictions !== state.predictions) this.arrange();
    this.#eachCard((each, id) => {
      const image = state.images.get(id);
      if (image && hasChanged(before, state, image)) this.#update(each, id);
    });
  }

  /** Draw it all again: which photos are wanted may have changed, or how models are called. */
  redraw() {
    this.arrange();
    this.#eachCard((each, id) => this.#update(each, id));
  }

  /** Bring estimates up to date. */
  countDown() {
    this.#eachCard((each) => each.countDown());
  }

  /** Put the keyboard's focus on a photo, wherever it is; on the page's contents where it is gone.
   * @param {number} imageId */
  focus(imageId) {
    const day = [...this.#days.values()].find(({ imageIds }) => imageIds.includes(imageId));
    if (!day) {
      /** @type {HTMLElement|null} */ (this.element.closest("main"))?.focus({ preventScroll: true });
      return;
    }
    if (!day.cards.has(imageId)) {
      const { columns, row } = this.#grid();
      const at = Math.floor(day.imageIds.indexOf(imageId) / columns) * row;
      const top = day.list.getBoundingClientRect().top + at;
      window.scrollBy({ top: top - window.innerHeight / 3, behavior: "instant" });
      this.#place();
    }
    day.cards.get(imageId)?.focus();
  }

  /** Put days and photos in order. */
  arrange() {
    const state = this.#drawn;
    if (!state) return;
    const matches = matcher(state, this.filter());
    const found = days(state, (image) => !this.isHidden(image.id) && matches(image));
    this.order = found.flatMap(({ imageIds }) => imageIds);
    this.selection.keep(new Set(this.order));
    const keys = new Set(found.map(({ key }) => key));
    for (const [key, day] of this.#days) if (!keys.has(key)) this.#removeDay(key, day);
    /** @type {Element|null} */
    let next = this.element.firstElementChild;
    for (const { key, sentAt, imageIds } of found) {
      const day = this.#days.get(key) ?? this.#newDay(key);
      day.imageIds = imageIds;
      day.head(dayWords(sentAt), counts(state, imageIds), imageIds.every((id) => this.selection.has(id)));
      if (day.element === next) next = day.element.nextElementSibling;
      else this.element.insertBefore(day.element, next);
    }
    this.#place();
  }

  /** @param {string} key */
  #newDay(key) {
    /** @type {Day} */
    const day = new Day(
      (id) => this.#newCard(id),
      () => this.selection.toggleAll(day.imageIds),
    );
    this.#days.set(key, day);
    return day;
  }

  /** @param {string} key @param {Day} day */
  #removeDay(key, day) {
    day.clear();
    keepFocus(day.element, () => day.element.remove());
    this.#days.delete(key);
  }

  /** @param {number} id */
  #newCard(id) {
    const made = new Card(this.parts);
    this.#update(made, id);
    this.#completeSoon();
    return made;
  }

  /** Add to the tiles what they lack, while nothing else is to be done. */
  #completeSoon() {
    if (this.#isCompleting) return;
    this.#isCompleting = true;
    whenIdle((deadline) => {
      this.#isCompleting = false;
      this.#eachCard((each) => {
        if (deadline.timeRemaining() > 0) each.complete();
        else if (!each.details) this.#completeSoon();
      });
    });
  }

  /** @param {Card} each @param {number} id */
  #update(each, id) {
    const shown = this.#drawn && card(this.#drawn, id);
    if (shown) each.update(shown, this.selection.has(id));
  }

  /** @param {(card: Card, imageId: number) => void} act */
  #eachCard(act) {
    for (const { cards } of this.#days.values()) for (const [id, each] of cards) act(each, id);
  }

  #grid() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = this.element.clientWidth;
    const size = width < WIDE * rem ? "narrow" : "wide";
    const of = (/** @type {typeof LEAST} */ least) =>
      grid(width, { least: least[size] * rem, gap: GAP * rem, caption: CAPTION * rem });
    const large = of(LARGE);
    return this.order.length <= FEW_ROWS[size] * large.columns ? large : of(LEAST);
  }

  #placeSoon = () => {
    this.#frame ||= requestAnimationFrame(() => this.#place());
  };

  /** Make the tiles near the screen, and let go of the others. */
  #place() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.element.isConnected) return;
    const present = this.#grid();
    const margin = window.innerHeight * MARGIN;
    const all = [...this.#days.values()];
    let shift = 0;
    // All is measured before anything is changed; a day's new height moves those below it.
    const tops = all.map(({ list }) => list.getBoundingClientRect());
    all.forEach((day, index) => {
      day.show(present, tops[index].top + shift, -margin, window.innerHeight + margin);
      shift += day.height - tops[index].height;
    });
  }

  /** @param {number} id @param {MouseEvent} event */
  #tick(id, event) {
    if (event.shiftKey) this.selection.extend(id, this.order);
    else this.selection.toggle(id);
  }

  #selected = () => {
    this.element.classList.toggle("is-selecting", this.selection.isOn);
    this.#eachCard((each, id) => each.select(this.selection.has(id)));
    for (const day of this.#days.values()) {
      day.all.checked = day.imageIds.every((id) => this.selection.has(id));
    }
  };

  /** The arrow keys go from photo to photo. @param {KeyboardEvent} event */
  #keyed(event) {
    const focused = document.activeElement;
    if (!focused?.classList.contains("card-photo")) return;
    const { columns } = this.#grid();
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const id = Number(focused.closest("li")?.dataset.image);
    const to = by && this.order[this.order.indexOf(id) + by];
    if (!to) return;
    event.preventDefault();
    this.focus(to);
  }
}

/** @param {import("../store.js").State} state @param {number[]} imageIds */
function counts(state, imageIds) {
  const { queued, running, failed } = tally(state, imageIds);
  const parts = [t("photos", { count: imageIds.length })];
  if (queued + running) parts.push(t("photos.to_go", { count: queued + running }));
  if (failed) parts.push(t("photos.failed", { count: failed }));
  return parts.join(" · ");
}

/** @param {import("../store.js").State|null} before @param {import("../store.js").State} now
 * @param {import("../store.js").Image} image */
function hasChanged(before, now, image) {
  if (!before || before.images.get(image.id) !== image) return true;
  if (before.predictions === now.predictions && before.live === now.live) return false;
  return image.predictionIds.some(
    (id) =>
      before.predictions.get(id) !== now.predictions.get(id) ||
      before.live.get(id) !== now.live.get(id),
  );
}
