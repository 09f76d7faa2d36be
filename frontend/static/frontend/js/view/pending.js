// @ts-check
/** What isn't with the server yet: how far it is, and what was refused, each at its file. */

import { bytes, counted } from "../words.js";
import { button, h, icon } from "./dom.js";

/** @typedef {import("../upload.js").Batch} Batch */

export class Pending {
  /** @type {Map<Batch, {element: HTMLElement, bar: HTMLProgressElement, key: string}>} */
  #rows = new Map();

  /** @param {import("../upload.js").Uploader} uploader */
  constructor(uploader) {
    this.uploader = uploader;
    this.element = h("div", { class: "pending", "data-testid": "pending" });
  }

  render() {
    const { batches } = this.uploader;
    for (const [batch, row] of this.#rows) {
      if (batches.includes(batch)) continue;
      row.element.remove();
      this.#rows.delete(batch);
    }
    for (const batch of batches) this.#row(batch);
  }

  /** @param {Batch} batch */
  #row(batch) {
    const key = `${batch.state} ${batch.message}`;
    const before = this.#rows.get(batch);
    if (before?.key === key) {
      before.bar.value = batch.fraction;
      return;
    }
    const bar = h("progress", { class: "bar", max: 1, value: batch.fraction, "aria-label": "Sent" });
    const element = h(
      "div",
      { class: `batch is-${batch.state}`, "data-testid": "batch", "data-state": batch.state },
      ...content(batch, bar, this.uploader),
    );
    if (before) before.element.replaceWith(element);
    else this.element.append(element);
    this.#rows.set(batch, { element, bar, key });
  }
}

/** @param {Batch} batch @param {HTMLElement} bar
 * @param {import("../upload.js").Uploader} uploader */
function content(batch, bar, uploader) {
  const count = counted(batch.items.length, "photo");
  const size = bytes(batch.items.reduce((sum, { file }) => sum + file.size, 0));
  const dismiss = button("close", "Dismiss", () => uploader.dismiss(batch));
  const message = batch.message ? h("p", { class: "hint" }, batch.message) : null;
  if (batch.state === "waiting") return [h("p", {}, `${count} waiting to be sent (${size})`)];
  if (batch.state === "sending") return [h("p", {}, `Sending ${count} (${size})`), bar, message ?? ""];
  if (batch.state === "failed") {
    const again = button("retry", "Try again", () => uploader.tryAgain(batch), {
      class: "button primary",
    });
    return [
      h("p", { class: "error", role: "alert" }, `${count} could not be sent.`),
      message ?? "",
      h("div", { class: "row" }, again, dismiss),
    ];
  }
  return refused(batch, dismiss, uploader);
}

/** @param {Batch} batch @param {HTMLElement} dismiss
 * @param {import("../upload.js").Uploader} uploader */
function refused(batch, dismiss, uploader) {
  const bad = batch.items.filter((item) => item.error);
  const good = batch.items.length - bad.length;
  const send = button("upload", `Send the other ${counted(good, "photo")}`, () =>
    uploader.sendOthers(batch), { class: "button primary", "data-testid": "send-others" });
  const title =
    bad.length || !batch.message ? `${counted(bad.length, "file")} refused` : batch.message;
  return [
    h("p", { class: "error", role: "alert" }, title),
    h(
      "ul",
      { class: "refusals" },
      ...bad.map(({ file, error }) =>
        h("li", {}, icon("alert"), h("strong", {}, file.name), h("span", {}, error?.message ?? "")),
      ),
    ),
    h("div", { class: "row" }, bad.length && good ? send : "", dismiss),
  ];
}
