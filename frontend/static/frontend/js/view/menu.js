// @ts-check
/**
 * A button that opens a short list of what can be chosen. It lies over everything, dialogs too, and
 * the browser itself closes it: by Escape, and by a touch elsewhere.
 *
 * @typedef {{label: string, run: () => void}} Item
 */

import { button, h } from "./dom.js";

/** Between the button and the list, and around it, in pixels. */
const GAP = 6;

export class Menu {
  /**
   * @param {object} parts
   * @param {string} parts.symbol
   * @param {string} parts.label
   * @param {() => Item[]} parts.items asked for each time it is opened
   * @param {Record<string, any>} [parts.more] properties of the button
   */
  constructor({ symbol, label, items, more = {} }) {
    this.items = items;
    this.list = h("div", {
      class: "menu-list", role: "group", "aria-label": label, popover: "auto",
      onbeforetoggle: (/** @type {any} */ { newState }) => newState === "open" && this.#fill(),
    });
    this.opener = button(symbol, label, () => {}, more);
    this.opener.popoverTargetElement = this.list;
    this.element = h(
      "div",
      { class: "menu", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyed(event) },
      this.opener,
      this.list,
    );
  }

  #fill() {
    const item = (/** @type {Item} */ { label, run }) => {
      const choose = () => {
        this.list.hidePopover();
        run();
      };
      return h("button", { type: "button", class: "menu-item", onclick: choose }, label);
    };
    this.list.replaceChildren(...this.items().map(item));
    this.#place();
  }

  /** Where there is more room: below the button, or above it. */
  #place() {
    const { left, top, bottom } = this.opener.getBoundingClientRect();
    const isBelow = window.innerHeight - bottom > top;
    const { style } = this.list;
    style.setProperty("--left", `${left}px`);
    style.top = isBelow ? `${bottom + GAP}px` : "auto";
    style.bottom = isBelow ? "auto" : `${window.innerHeight - top + GAP}px`;
    style.maxHeight = `${(isBelow ? window.innerHeight - bottom : top) - 2 * GAP}px`;
  }

  /** The arrow keys go through the open list; no key means anything else meanwhile.
   * @param {KeyboardEvent} event */
  #keyed(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!this.list.matches(":popover-open")) return;
    event.stopPropagation();
    if (!by) return;
    event.preventDefault();
    const all = [...this.list.children];
    const at = all.indexOf(document.activeElement);
    all[at < 0 && by < 0 ? all.length - 1 : (at + by + all.length) % all.length]?.focus();
  }
}
