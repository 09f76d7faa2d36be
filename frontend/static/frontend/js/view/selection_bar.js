// @ts-check
/** What can be done with all the photos that are chosen. */

import { possible } from "../commands.js";
import { t } from "../language.js";
import { button, h, iconButton, keepFocus } from "./dom.js";
import { Menu } from "./menu.js";
import { RunForm } from "./run_form.js";

/** @typedef {{model: string, params: object}} Request */

export class SelectionBar {
  /** What the photos are chosen for, where it was another one's. @type {Request|null} */
  #recalled = null;

  /**
   * @param {object} parts
   * @param {import("../selection.js").Selection} parts.selection
   * @param {import("../commands.js").Commands} parts.commands
   * @param {() => import("../store.js").State} parts.state
   * @param {() => import("../api.js").Model[]} parts.models
   * @param {(name: string) => string} parts.titleOf what people call a model
   * @param {import("./schema_form.js").Images} parts.images
   * @param {(choose: (imageIds: number[]) => boolean) => Promise<void>} parts.everything gives all
   * photos of the filter, as they are read, until it is told that no more are wanted
   */
  constructor({ selection, commands, state, models, titleOf, images, everything }) {
    this.everything = everything;
    this.selection = selection;
    this.state = state;
    this.commands = commands;
    this.models = models;
    this.titleOf = titleOf;
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

  /** Let photos be chosen to have this run on them too. @param {Request} request */
  recall(request) {
    this.#recalled = request;
    this.selection.begin();
    this.element.querySelector("button")?.focus();
  }

  render = () => {
    const { ids, isOn } = this.selection;
    if (!isOn) this.#recalled = null;
    keepFocus(this.element, () => {
      this.element.hidden = !isOn;
      if (!isOn) return;
      const { cancel, retry, hasText, unpinned } = possible(this.state(), ids);
      this.count.textContent = this.#said(ids.length);
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

  /** @param {number} count of chosen ones */
  #said(count) {
    if (count) return t("selection.count", { count });
    if (this.#recalled) return t("selection.again", { model: this.titleOf(this.#recalled.model) });
    return t("selection.none");
  }

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
    const run = (/** @type {Request} */ request) => {
      this.dialog.close();
      this.commands.run(ids, request);
      this.selection.clear();
    };
    this.form.replaceChildren(
      new RunForm({ title, id: "run", models: this.models(), ...this.#suggested(), onRun: run, images: this.images }).element,
      h("button", { type: "button", class: "link", onclick: () => this.dialog.close() }, t("selection.not_now")),
    );
    this.dialog.showModal();
  }

  /** What is filled in: of another photo's all but what is a place on it. */
  #suggested() {
    if (!this.#recalled) return { tried: new Map() };
    const { model, params } = this.#recalled;
    const schema = this.models().find(({ name }) => name === model)?.params_schema;
    const isPlace = (/** @type {string} */ name) => schema?.properties?.[name]?.format === "image-rectangle";
    const elsewhere = Object.entries(params).filter(([name]) => !isPlace(name));
    return { preferred: model, tried: new Map([[model, Object.fromEntries(elsewhere)]]) };
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
