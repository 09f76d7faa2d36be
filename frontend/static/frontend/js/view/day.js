// @ts-check
/** One day of the gallery: its heading, and of its photos those tiles that are near the screen. */

import { t } from "../language.js";
import { h, keepFocus } from "./dom.js";
import { heightOf, tilesBetween } from "./grid.js";

/** @typedef {import("./card.js").Card} Card */

export class Day {
  /** @type {number[]} */
  imageIds = [];
  /** Its tiles, by image id. @type {Map<number, Card>} */
  cards = new Map();
  /** In CSS pixels. */
  height = 0;
  /** What was shown last: which tiles, of which photos. */
  #place = "";
  /** @type {number[]|null} */
  #placed = null;

  /**
   * @param {(imageId: number) => Card} newCard
   * @param {() => void} onSelectAll
   */
  constructor(newCard, onSelectAll) {
    this.newCard = newCard;
    this.title = h("h2", {});
    this.counts = h("span", { class: "counts" });
    this.all = h("input", { type: "checkbox", onchange: onSelectAll });
    this.list = h("ul", { class: "cards" });
    this.element = h(
      "section",
      { class: "day", "data-testid": "day" },
      h("header", { class: "day-head" }, h("label", { class: "day-title" }, this.all, this.title), this.counts),
      this.list,
    );
  }

  /** @param {string} title @param {string} counts @param {boolean} isSelected whether all of it is */
  head(title, counts, isSelected) {
    if (this.title.textContent !== title) {
      this.title.textContent = title;
      this.all.setAttribute("aria-label", t("photos.select_day", { day: title }));
    }
    if (this.counts.textContent !== counts) this.counts.textContent = counts;
    this.all.checked = isSelected;
  }

  /** Show what lies between two heights of the window.
   * @param {import("./grid.js").Grid} grid @param {number} top of its list @param {number} from
   * @param {number} to */
  show(grid, top, from, to) {
    const count = this.imageIds.length;
    const [first, end] = tilesBetween(grid, count, from - top, to - top);
    // Of most steps of a scroll nothing comes of it, and of most days never.
    const place = `${first} ${end} ${grid.columns} ${grid.tile} ${grid.row}`;
    if (place === this.#place && this.imageIds === this.#placed) return;
    this.#place = place;
    this.#placed = this.imageIds;
    this.height = heightOf(grid, count);
    this.list.style.height = `${this.height}px`;
    this.list.style.setProperty("--tile", `${grid.tile}px`);
    const wanted = new Set(this.imageIds.slice(first, end));
    const focused = this.#focused();
    if (focused !== null) wanted.add(focused);
    for (const [id, card] of this.cards) if (!wanted.has(id)) this.#drop(id, card);
    /** @type {Element|null} */
    let next = null;
    // In the photos' order, which is the one of the keyboard and of those who listen.
    for (let at = count - 1; at >= 0; at -= 1) {
      const id = this.imageIds[at];
      if (wanted.has(id)) next = this.#put(grid, id, at, next);
    }
  }

  /** Let go of every tile. */
  clear() {
    for (const [id, card] of this.cards) this.#drop(id, card);
    this.#placed = null;
  }

  /** The photo whose tile has the focus, if it is still of this day. */
  #focused() {
    if (!this.list.contains(document.activeElement)) return null;
    const tile = document.activeElement?.closest("li");
    const id = Number(tile?.dataset.image);
    return this.imageIds.includes(id) ? id : null;
  }

  /** @param {import("./grid.js").Grid} grid @param {number} id @param {number} at
   * @param {Element|null} next what it stands before @returns {Element} */
  #put(grid, id, at, next) {
    const card = this.cards.get(id) ?? this.newCard(id);
    const { element } = card;
    const [column, row] = [at % grid.columns, Math.floor(at / grid.columns)];
    element.style.left = `${column * (grid.tile + grid.gap)}px`;
    element.style.top = `${row * grid.row}px`;
    if (!element.isConnected || element.nextElementSibling !== next) this.list.insertBefore(element, next);
    if (!this.cards.has(id)) {
      this.cards.set(id, card);
      card.setVisible(true);
    }
    return element;
  }

  /** @param {number} id @param {Card} card */
  #drop(id, card) {
    card.setVisible(false);
    keepFocus(card.element, () => card.element.remove());
    this.cards.delete(id);
  }
}
