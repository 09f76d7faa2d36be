// @ts-check
/** What can be done with all the photos that are chosen. */

import { possible } from "../commands.js";
import { t } from "../language.js";
import { button, h, iconButton, keepFocus } from "./dom.js";
import { Menu } from "./menu.js";
import { RunForm } from "./run_form.js";

export class SelectionBar {
  /**
   * @param {object} parts
   * @param {import("../selection.js").Selection} parts.selection
   * @param {import("../commands.js").Commands} parts.commands
   * @param {() => import("../store.js").State} parts.state
   * @param {() => import("../api.js").Model[]} parts.models
   * @param {import("./schema_form.js").Images} parts.images
   * @param {(choose: (imageIds: number[]) => boolean) => Promise<void>} parts.everything gives all
   * photos of the filter, as they are read, until it is told that no more are wanted
   */
  constructor({ selection, commands, state, models, images, everything }) {
    this.everything = everything;
    this.selection = selection;
    this.state = state;
    this.commands = commands;
    this.models = models;
    this.images = images;
    const act = (/** @type {(ids: number[]) => void} */ run) => () => {
      run(selection.ids);
      selection.clear();
    };
    this.count = h("p", { role: "status", "data-testid": "selected-count" });
    this.cancel = small("close", t("action.cancel"), act((ids) => commands.cancel(possible(state(), ids).cancel)));
    this.retry = small("retry", t("action.retry"), act((ids) => commands.retry(possible(state(), ids).retry)));
    this.all = small("select", t("selection.all"), () => void this.#chooseAll(), "select-all");
    /** @type {(label: import("../language.js").Key, form: import("../taking_along.js").Form) => import("./menu.js").Item} */
    const file = (label, form) => ({
      label: t(label),
      run: () => commands.takeAlong(selection.ids, form),
    });
    this.download = new Menu({
      symbol: "download",
      label: t("action.download"),
      items: () => [
        file("selection.zip", { format: "zip" }),
        file("selection.zip_photos", { format: "zip", include: ["originals"] }),
        file("selection.zip_results", { format: "zip", include: ["results"] }),
        file("selection.csv", { format: "csv" }),
        file("selection.json", { format: "json" }),
      ],
      more: { class: "button is-compact", "aria-label": t("action.download"), "data-testid": "download-selected" },
    });
    this.copy = small("copy", t("action.copy"), act((ids) => commands.copyTextOf(ids)));
    this.pin = small("pin", t("pin"), () => this.#pin(), "pin-selected");
    this.run = small("run", t("selection.run"), () => this.#ask());
    this.remove = small("trash", t("action.delete"), act((ids) => commands.remove(ids)), "delete-selected");
    this.form = h("div", {});
    this.dialog = h(
      "dialog",
      { class: "ask", "aria-label": t("selection.run"), onclick: (/** @type {Event} */ event) => this.#outside(event) },
      this.form,
    );
    const leave = iconButton("close", t("selection.leave"), () => selection.clear());
    this.element = h(
      "div",
      { class: "selection-bar", role: "toolbar", "aria-label": t("selection"), hidden: true },
      leave, this.count, this.all, this.cancel, this.retry, this.copy, this.download.element, this.run,
      this.pin, this.remove, this.dialog,
    );
  }

  start() {
    this.selection.addEventListener("change", this.render);
    document.addEventListener("keydown", this.#keyed);
  }

  stop() {
    this.selection.removeEventListener("change", this.render);
    document.removeEventListener("keydown", this.#keyed);
  }

  render = () => {
    const { ids, isOn } = this.selection;
    keepFocus(this.element, () => {
      this.element.hidden = !isOn;
      if (!isOn) return;
      const { cancel, retry, hasText, unpinned } = possible(this.state(), ids);
      this.count.textContent = ids.length ? t("selection.count", { count: ids.length }) : t("selection.none");
      this.cancel.hidden = cancel.length === 0;
      this.retry.hidden = retry.length === 0;
      this.copy.hidden = !hasText;
      const isNone = ids.length === 0;
      const word = t(unpinned.length ? "pin" : "pin.end");
      this.pin.lastChild.textContent = word;
      this.pin.setAttribute("aria-label", word);
      this.pin.hidden = this.run.hidden = this.remove.hidden = this.download.element.hidden = isNone;
    });
  };

  /** Have all of them kept, or none where all of them are. */
  #pin() {
    const { ids } = this.selection;
    const { unpinned } = possible(this.state(), ids);
    this.commands.pin(unpinned.length ? unpinned : ids, unpinned.length > 0);
    this.selection.clear();
  }

  /** Choose every photo of the filter, those too that the page has not read yet. */
  async #chooseAll() {
    this.all.setAttribute("aria-busy", "true");
    await this.everything((ids) => {
      if (this.selection.isOn) this.selection.add(ids);
      return this.selection.isOn;
    });
    this.all.removeAttribute("aria-busy");
  }

  #ask() {
    const { ids } = this.selection;
    const title = t("selection.run_on", { count: ids.length });
    const run = (/** @type {{model: string, params: object}} */ request) => {
      this.dialog.close();
      this.commands.run(ids, request);
      this.selection.clear();
    };
    this.form.replaceChildren(
      new RunForm({ title, id: "run", models: this.models(), tried: new Map(), onRun: run, images: this.images }).element,
      h("button", { type: "button", class: "link", onclick: () => this.dialog.close() }, t("selection.not_now")),
    );
    this.dialog.showModal();
  }

  /** @param {Event} event */
  #outside({ target }) {
    if (target === this.dialog) this.dialog.close();
  }

  #keyed = (/** @type {KeyboardEvent} */ { key, target }) => {
    const isTyping = /** @type {Element} */ (target).matches("input:not([type=checkbox]), select, textarea");
    if (!this.selection.isOn || isTyping || document.querySelector("dialog[open], :popover-open")) return;
    if (key === "Escape") this.selection.clear();
    else if (key === "Delete" && this.selection.ids.length) this.remove.click();
  };
}

/** @param {string} symbol @param {string} label @param {() => void} run @param {string} [testId] */
const small = (symbol, label, run, testId) =>
  button(symbol, label, run, { class: "button is-compact", "data-testid": testId, "aria-label": label });
