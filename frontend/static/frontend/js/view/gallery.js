// @ts-check
/** The contact sheet: one section for each upload, one card for each photo. */

import { card, tally, uploadIds } from "../selectors.js";
import { counted, when } from "../words.js";
import { Card } from "./card.js";
import { button, h, keepFocus } from "./dom.js";

const NEAR = "300px";

/** One upload's part of the page.
 * @typedef {{element: HTMLElement, counts: any, cancel: any, imageIds: number[]}} Section */

export class Gallery {
  /** @type {Map<number, Section>} */
  #sections = new Map();
  /** @type {Map<number, Card>} */
  #cards = new Map();
  /** @type {WeakMap<Element, Card>} */
  #cardOf = new WeakMap();
  /** @type {import("../store.js").State|null} */
  #drawn = null;
  #watcher = new IntersectionObserver(
    (entries) => entries.forEach((entry) => this.#seen(entry)),
    { rootMargin: NEAR },
  );

  /**
   * @param {import("./pictures.js").Pictures} pictures
   * @param {import("./card.js").Commands} commands
   * @param {Map<number, File>} files
   * @param {import("./announcer.js").Announcer} announcer
   * @param {(imageId: number) => void} onSeen told when a card comes on the screen
   * @param {(name: string) => string} titleOf what people call a model
   */
  constructor(pictures, commands, files, announcer, onSeen, titleOf) {
    this.pictures = pictures;
    this.commands = commands;
    this.files = files;
    this.announcer = announcer;
    this.onSeen = onSeen;
    this.titleOf = titleOf;
    this.element = h("div", { class: "gallery" });
  }

  /** Draw what differs from the state drawn last: a thousand photos cost a look each, and only
   * changed cards touch the document. @param {import("../store.js").State} state */
  render(state) {
    const before = this.#drawn;
    this.#drawn = state;
    if (before?.uploads !== state.uploads) this.#arrange(state);
    /** @type {Set<number>} */
    const changed = new Set();
    for (const image of state.images.values()) {
      if (this.#cards.has(image.id) && hasChanged(before, state, image)) {
        this.#update(state, image.id);
        changed.add(image.upload);
      }
    }
    for (const id of changed) this.#count(state, id);
  }

  /** Draw every card again: models may have other titles. @param {import("../store.js").State} state */
  redraw(state) {
    for (const [imageId, each] of this.#cards) {
      const shown = card(state, imageId);
      if (shown) each.update(shown);
    }
  }

  /** Bring estimates up to date. */
  tick() {
    for (const each of this.#cards.values()) each.tick();
  }

  /** Put the keyboard's focus on a photo's card. @param {number} imageId */
  focus(imageId) {
    this.#cards.get(imageId)?.focus();
  }

  /** Stop watching and let go of every picture. */
  clear() {
    this.#watcher.disconnect();
    for (const each of this.#cards.values()) each.setVisible(false);
  }

  /** @param {IntersectionObserverEntry} entry */
  #seen({ target, isIntersecting }) {
    this.#cardOf.get(target)?.setVisible(isIntersecting);
    if (isIntersecting) this.onSeen(Number(/** @type {HTMLElement} */ (target).dataset.image));
  }

  /** @param {import("../store.js").State} state */
  #arrange(state) {
    for (const [id, section] of this.#sections) {
      if (!state.uploads.has(id)) this.#remove(id, section);
    }
    /** @type {Element|null} */
    let next = this.element.firstElementChild;
    for (const id of uploadIds(state)) {
      const section = this.#sections.get(id) ?? this.newSection(state, id);
      if (section.element === next) next = section.element.nextElementSibling;
      else this.element.insertBefore(section.element, next);
    }
  }

  /** @param {import("../store.js").State} state @param {number} id @returns {Section} */
  newSection(state, id) {
    const upload = /** @type {import("../store.js").Upload} */ (state.uploads.get(id));
    const cards = upload.imageIds.map((imageId) => {
      const each = new Card(this.pictures, this.commands, this.files, this.titleOf);
      this.#cards.set(imageId, each);
      this.#cardOf.set(each.element, each);
      this.#watcher.observe(each.element);
      const shown = card(state, imageId);
      if (shown) each.update(shown);
      return each;
    });
    const counts = h("span", { class: "counts" });
    const cancel = button("close", "Cancel all", () => this.commands.cancelAll(id), {
      class: "button is-compact",
      "aria-label": `Cancel all of the upload of ${when(upload.created_at)}`,
      "data-testid": "cancel-upload",
      hidden: true,
    });
    const remove = button("trash", "Delete", () => this.commands.remove(id), {
      class: "button is-compact",
      "aria-label": `Delete the upload of ${when(upload.created_at)}`,
      "data-testid": "delete-upload",
    });
    const element = h(
      "section",
      { class: "upload", "data-testid": "upload", "data-upload": id },
      h("header", { class: "upload-head" }, h("h2", {}, when(upload.created_at)), counts, cancel, remove),
      h("ul", { class: "cards" }, ...cards.map((each) => each.element)),
    );
    const section = { element, counts, cancel, imageIds: upload.imageIds };
    this.#sections.set(id, section);
    return section;
  }

  /** @param {number} id @param {Section} section */
  #remove(id, section) {
    for (const imageId of section.imageIds) {
      const each = this.#cards.get(imageId);
      each?.setVisible(false);
      if (each) this.#watcher.unobserve(each.element);
      this.#cards.delete(imageId);
      this.files.delete(imageId);
    }
    keepFocus(section.element, () => section.element.remove());
    this.#sections.delete(id);
  }

  /** @param {import("../store.js").State} state @param {number} imageId */
  #update(state, imageId) {
    const shown = card(state, imageId);
    if (!shown) return;
    this.#cards.get(imageId)?.update(shown);
    if (shown.prediction) this.announcer.notice(shown.image, shown.prediction);
  }

  /** @param {import("../store.js").State} state @param {number} uploadId */
  #count(state, uploadId) {
    const section = this.#sections.get(uploadId);
    if (!section) return;
    const { queued, running, failed } = tally(state, section.imageIds);
    const parts = [counted(section.imageIds.length, "photo")];
    if (queued + running) parts.push(`${queued + running} to go`);
    if (failed) parts.push(`${failed} failed`);
    section.counts.textContent = parts.join(" · ");
    // One photo has its own button.
    const isNeeded = queued + running > 1;
    keepFocus(section.cancel, () => (section.cancel.hidden = !isNeeded));
  }
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
