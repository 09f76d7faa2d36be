// @ts-check
/** What isn't with the server yet: how far it is, what failed, and which files can't be used. */

import { isPausable, isUnfinished } from "../batch.js";
import { t } from "../language.js";
import { bytes } from "../measures.js";
import { button, h, keepFocus } from "./dom.js";
import { KnownLine } from "./known_line.js";
import { Refusals } from "./refusals.js";

/** @typedef {import("../batch.js").Batch} Batch */

export class Pending {
  /** @type {Map<string, {element: HTMLElement, bar: HTMLProgressElement, content: string}>} */
  #rows = new Map();

  /** @param {import("../upload.js").Uploader} uploader */
  constructor(uploader) {
    this.uploader = uploader;
    this.rows = h("div", { class: "pending-rows" });
    this.cancelAll = button("close", t("action.cancel_all"), () => this.#cancelAll(), {
      "data-testid": "cancel-all",
      hidden: true,
    });
    this.pause = h("button", {
      type: "button", class: "button", "data-testid": "pause-sending", hidden: true,
      onclick: () => this.uploader.pause(!this.uploader.isPaused),
    });
    this.unkept = h("p", { class: "hint", role: "status", "data-testid": "unkept" });
    this.known = new KnownLine(uploader.inquiry);
    this.refusals = new Refusals(uploader);
    this.element = h(
      "div",
      { class: "pending", "data-testid": "pending", hidden: true },
      this.rows,
      this.unkept,
      h("div", { class: "row pending-all" }, this.pause, this.cancelAll),
      this.known.element,
      this.refusals.element,
    );
  }

  render() {
    keepFocus(this.element, () => {
      const groups = grouped(this.uploader.batches);
      for (const [key, row] of this.#rows) {
        if (groups.has(key)) continue;
        row.element.remove();
        this.#rows.delete(key);
      }
      for (const [key, batches] of groups) this.#row(key, batches);
      const { isPaused } = this.uploader;
      this.pause.textContent = t(isPaused ? "sending.go_on" : "sending.pause");
      this.pause.hidden = !this.uploader.batches.some(isPausable);
      this.cancelAll.hidden = this.uploader.batches.filter(isUnfinished).length < 2;
      const isUnkept = this.uploader.batches.some((each) => isUnfinished(each) && each.isKept === false);
      this.unkept.textContent = isUnkept ? t("sending.unkept") : "";
      this.known.render();
      this.refusals.render();
      this.#show(groups.size > 0 || this.known.isNeeded || this.uploader.refused.all.length > 0);
    });
  }

  /** @param {boolean} isNeeded */
  #show(isNeeded) {
    if (this.element.hidden !== isNeeded) return;
    this.element.hidden = !isNeeded;
    if (isNeeded) this.element.scrollIntoView({ block: "nearest" });
  }

  #cancelAll() {
    this.uploader.cancel(this.uploader.batches.filter(isUnfinished));
  }

  /** @param {string} key @param {Batch[]} batches of one state */
  #row(key, batches) {
    const [{ state, message, fraction }] = batches;
    const content = `${state} ${message} ${batches.length} ${this.uploader.isPaused}`;
    const before = this.#rows.get(key);
    if (before?.content === content) {
      before.bar.value = fraction;
      return;
    }
    const bar = h("progress", { class: "bar", max: 1, value: fraction, "aria-label": t("sending.sent") });
    const element = h(
      "div",
      { class: `batch is-${state}`, "data-testid": "batch", "data-state": state },
      ...contents(batches, bar, this.uploader),
    );
    if (before) before.element.replaceWith(element);
    else this.rows.append(element);
    this.#rows.set(key, { element, bar, content });
  }
}

/** Each unfinished one by itself; those that ended alike together. Those that a person is or was asked
 * about have a line of their own.
 * @param {Batch[]} batches @returns {Map<string, Batch[]>} */
function grouped(batches) {
  /** @type {Map<string, Batch[]>} */
  const groups = new Map();
  for (const batch of batches) {
    if (batch.state === "asked" || (batch.state === "checking" && batch.there.size > 0)) continue;
    const key = isUnfinished(batch) ? batch.key : `${batch.state} ${batch.message}`;
    groups.set(key, [...(groups.get(key) ?? []), batch]);
  }
  return groups;
}

/** @param {Batch[]} batches @param {HTMLElement} bar
 * @param {import("../upload.js").Uploader} uploader */
function contents(batches, bar, uploader) {
  const [{ state, message }] = batches;
  const items = batches.flatMap((batch) => batch.items);
  const count = items.length;
  const size = bytes(items.reduce((sum, { file }) => sum + file.size, 0));
  const hint = message && h("p", { class: "hint" }, message);
  const cancel = button("close", t("action.cancel"), () => uploader.cancel(batches), {
    "aria-label": t("sending.cancel", { count }),
    "data-testid": "cancel-sending",
  });
  const line = (/** @type {string} */ text, /** @type {any} */ action) =>
    h("div", { class: "batch-line" }, h("p", {}, text), action);
  if (state === "waiting" || state === "checking") {
    return [line(t(uploader.isPaused ? "sending.paused" : "sending.waiting", { count, size }), cancel)];
  }
  if (state === "sending") return [line(t("sending", { count, size }), cancel), bar, hint];
  if (state === "canceling") return [line(t("sending.canceling", { count }), null)];
  const dismiss = button("close", t("action.dismiss"), () => uploader.dismiss(batches));
  const again = button("retry", t("action.try_again"), () => uploader.tryAgain(batches), {
    class: "button primary",
  });
  return [
    h("p", { class: "error", role: "alert" }, t("sending.failed", { count })),
    hint,
    h("div", { class: "row" }, state === "failed" && again, dismiss),
  ];
}
