// @ts-check
/** One photo at full size beside what its models made of it. */

import { t } from "../language.js";
import { predictionsOf, readOn, work } from "../selectors.js";
import { hasEnded } from "../order.js";
import { runNames } from "../run_names.js";
import { imageName, shownName, status } from "../words.js";
import { AnotherRun } from "./another_run.js";
import { CutName } from "./cut_name.js";
import { fill, h, iconButton, keepFocus } from "./dom.js";
import { FromProgram } from "./from_program.js";
import { actions, facts, pin } from "./panel.js";
import { Result } from "./result.js";
import { ResultTabs } from "./result_tabs.js";
import { SideBySide } from "./side_by_side.js";
import { Stage } from "./stage.js";
import { Steps } from "./steps.js";

export class Detail {
  #imageId = 0;
  /** @type {number|null} */
  #chosen = null;
  /** @type {import("../store.js").Prediction|null} */
  #shown = null;
  /** Whether two results are shown beside each other. */
  #isPaired = false;

  /**
   * @param {object} parts
   * @param {import("./pictures.js").Pictures} parts.pictures
   * @param {import("../commands.js").Commands} parts.commands
   * @param {() => import("../store.js").State} parts.state
   * @param {() => import("../api.js").Model[]} parts.models
   * @param {(name: string) => string} parts.titleOf what people call a model
   * @param {() => number[]} parts.order image ids as the gallery shows them
   * @param {ConstructorParameters<typeof Steps>[0]["older"]} parts.older
   * @param {import("../corrections.js").Corrections} parts.corrections
   * @param {(imageId: number, predictionId: number) => void} parts.onUnsaved told when a photo is left
   * whose text has a correction that is not saved
   * @param {(imageId: number) => void} parts.onClosed
   */
  constructor({ pictures, commands, state, models, titleOf, order, older, corrections, onUnsaved, onClosed }) {
    this.commands = commands;
    this.state = state;
    this.models = models;
    this.titleOf = titleOf;
    this.corrections = corrections;
    this.onUnsaved = onUnsaved;
    this.onClosed = onClosed;
    this.order = order;
    this.stage = new Stage({
      pictures,
      onPoint: (index) => this.#point(index, true),
      onSwipe: (by) => void this.steps.go(by),
      onDraw: () => this.#pair(false),
    });
    this.cutName = new CutName("h2", { id: "detail-name", tabIndex: -1 });
    this.name = this.cutName.element;
    this.steps = new Steps({ order, older, open: commands.open });
    this.head = h(
      "div",
      { class: "detail-head" },
      this.name,
      this.steps.previous,
      this.steps.next,
      iconButton("trash", t("photo.delete"), () => this.#remove(), { "data-testid": "delete-photo" }),
      iconButton("close", t("action.close"), () => this.element.close(), { "data-testid": "close-detail" }),
    );
    this.tabs = new ResultTabs((id) => {
      this.#chosen = id;
      this.render();
    });
    this.pair = new SideBySide({ pictures });
    this.pairing = h("button", { type: "button", class: "tab", "data-testid": "side-by-side", onclick: () => this.#pair(!this.#isPaired) }, t("pair"));
    this.status = h("p", { class: "hint" });
    this.bar = h("progress", { class: "bar", max: 1, "aria-label": t("progress") });
    this.result = new Result({ corrections, titleOf, onPoint: (index) => this.#point(index, false) });
    this.program = new FromProgram(commands.copy);
    this.facts = h("div", {});
    this.actions = h("div", { class: "row" });
    this.another = new AnotherRun({ commands, state, drawing: this.stage.drawing });
    this.pinning = h("div", { class: "pinning" });
    this.panel = h(
      "div",
      { class: "panel" },
      h("div", { class: "tabs" }, this.tabs.element, this.pairing),
      this.status,
      this.bar,
      this.result.element,
      this.actions,
      this.another.element,
      this.pinning,
      this.facts,
      this.program.element,
    );
    this.body = h("div", { class: "detail-body" }, this.stage.element, this.pair.element, this.panel);
    this.element = h(
      "dialog",
      {
        class: "detail",
        "data-testid": "detail",
        "aria-labelledby": "detail-name",
        onclose: () => this.#closed(),
        onclick: (/** @type {Event} */ event) => event.target === this.element && this.element.close(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyed(event),
      },
      this.head,
      this.body,
    );
  }

  /** @param {number} imageId @param {number} [predictionId] the newest where it is left out */
  open(imageId, predictionId) {
    const isOther = this.#imageId !== imageId || !this.element.open;
    if (isOther) this.stage.begin();
    if (this.#imageId !== imageId && this.element.open) this.#tellUnsaved();
    this.#imageId = imageId;
    this.#chosen = predictionId ?? null;
    if (!this.element.open) {
      this.element.showModal();
      // It names the photo, and from it the arrow keys go to the next.
      this.name.focus();
    }
    this.render();
    // Of another photo the beginning is seen, however far one had scrolled.
    if (isOther) for (const each of [this.body, this.panel]) each.scrollTop = 0;
  }

  close() {
    this.element.close();
  }

  /** Bring an estimate up to date. */
  tick() {
    const prediction = this.#shown;
    const doing = prediction && work(this.state(), prediction.id);
    if (this.element.open && doing?.readyAt) this.#sayStatus(prediction, doing);
  }

  /** Draw the present state, if the view is open. */
  render() {
    if (!this.element.open) return;
    const state = this.state();
    const image = state.images.get(this.#imageId);
    if (!image) {
      // Told to load everything anew, the page may get it back.
      if (state.loaded) this.close();
      return;
    }
    const predictions = predictionsOf(state, image.id);
    const prediction = predictions.find(({ id }) => id === this.#chosen) ?? predictions.at(-1) ?? null;
    const doing = prediction && work(state, prediction.id);
    this.#shown = prediction;
    const name = (this.name.title = imageName(image));
    this.cutName.say(shownName(image.name), name);
    this.name.setAttribute("aria-label", name);
    this.steps.show(image.id, this.head);
    const names = runNames(predictions, this.models(), this.titleOf);
    this.tabs.render(predictions, prediction, names);
    this.#sayStatus(prediction, doing);
    this.bar.hidden = !prediction || hasEnded(prediction);
    this.bar.value = doing?.fraction ?? 0;
    const key = `${prediction?.id} ${prediction?.state} ${prediction?.attempt} ${Boolean(prediction?.output)}`;
    this.result.show(prediction, key);
    fill(this.actions, key, () => actions(prediction, this.commands), this.name);
    const upload = state.uploads.get(image.upload);
    fill(this.facts, key + this.titleOf(prediction?.model ?? ""), () => facts(image, prediction, upload, this.titleOf));
    fill(this.pinning, `${image.id} ${image.pinned}`, () => pin(image, this.commands), this.name);
    this.program.render(prediction);
    this.another.render(image.id, predictions, this.models());
    const regions = readOn(prediction)?.regions ?? doing?.regions ?? [];
    this.stage.render(image, prediction, regions, this.titleOf(prediction?.model ?? ""));
    this.#renderPair(prediction, predictions, names);
  }

  /** Labels say by themselves what was found.
   * @param {import("../store.js").Prediction|null} prediction
   * @param {import("../selectors.js").Work|null} doing */
  #sayStatus(prediction, doing) {
    this.status.textContent = status(prediction, doing);
    const output = prediction?.output;
    this.status.hidden = output?.kind === "labels" && output.labels.length > 0;
  }

  /** @param {import("../store.js").Prediction|null} prediction
   * @param {import("../store.js").Prediction[]} predictions @param {Map<number, string>} names */
  #renderPair(prediction, predictions, names) {
    const all = predictions.filter(({ output }) => output);
    const canPair = Boolean(prediction?.output) && all.length > 1;
    const isOn = this.#isPaired && canPair;
    keepFocus(this.pairing, () => (this.pairing.hidden = !canPair), this.name);
    this.pairing.setAttribute("aria-pressed", String(isOn));
    this.stage.element.hidden = isOn;
    if (isOn && prediction) this.pair.show(prediction, all, names);
    else this.pair.hide();
  }

  /** @param {boolean} isPaired */
  #pair(isPaired) {
    if (isPaired) this.stage.drawing.end();
    this.#isPaired = isPaired;
    this.render();
  }

  /** @param {number|null} index @param {boolean} isScrolled */
  #point(index, isScrolled) {
    this.stage.mark(index);
    this.result.mark(index, isScrolled);
  }

  /** The next photo takes its place, or the one before; without either the view closes. */
  #remove() {
    const id = this.#imageId;
    const order = this.order();
    const at = order.indexOf(id);
    const near = order[at + 1] ?? order[at - 1];
    this.commands.remove([id]);
    if (near === undefined) this.close();
    else this.commands.open(near);
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const { key, target } = event;
    if (/** @type {Element} */ (target).matches("input, select, textarea")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || this.stage.keyed(event)) return;
    if (key === "ArrowLeft") void this.steps.go(-1);
    if (key === "ArrowRight") void this.steps.go(1);
    if (key === "Delete") this.#remove();
  }

  #tellUnsaved() {
    const unsaved = this.corrections.unsaved;
    const here = predictionsOf(this.state(), this.#imageId).find(({ id }) => unsaved.includes(id));
    if (here) this.onUnsaved(this.#imageId, here.id);
  }

  #closed() {
    this.stage.clear();
    this.pair.hide();
    this.#tellUnsaved();
    this.onClosed(this.#imageId);
  }
}
