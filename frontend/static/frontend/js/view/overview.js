// @ts-check
/** How far everything is that has been asked for: a line with a bar, and on the page's tab. */

import { t } from "../language.js";
import { Notifier } from "../notifier.js";
import { isMeasured, timeLeft, workload } from "../workload.js";
import { ofAll, span } from "../words.js";
import { button, h, keepFocus } from "./dom.js";
import { Tab } from "./tab.js";

/** A single photo tells of itself. */
const LEAST = 2;

export class Overview {
  /** As it was last; it stays when all has ended. */
  #known = { done: 0, failed: 0, total: 0 };
  /** When everything is expected to be done. @type {number|null} */
  #endsAt = null;
  /** @type {Tab} */
  #tab;

  /** @param {(predictionIds: number[]) => void} onCancel @param {Notifier} [notifier] */
  constructor(onCancel, notifier = new Notifier()) {
    /** @type {import("../store.js").Prediction[]} */
    this.unfinished = [];
    this.notifier = notifier;
    this.#tab = new Tab(notifier);
    this.text = h("p", { "data-testid": "overview-text" });
    this.bar = h("progress", { class: "bar", max: 1, "aria-label": t("progress.everything") });
    this.cancel = button("close", t("action.cancel_all"), () => onCancel(this.unfinished.map(({ id }) => id)), {
      "data-testid": "cancel-everything",
    });
    this.notify = button("bell", t("notify"), () => void this.#toggleNotices(), {
      class: "button is-compact", "aria-label": t("notify"), "data-testid": "notify",
    });
    const buttons = h("div", { class: "row" }, this.notify, this.cancel);
    const line = h("div", { class: "batch-line" }, this.text, buttons);
    this.element = h(
      "section",
      { class: "overview", "aria-label": t("progress"), "data-testid": "overview", hidden: true },
      line,
      this.bar,
    );
  }

  start() {
    this.#tab.start();
  }

  stop() {
    this.#tab.stop();
  }

  /** @param {import("../store.js").State} state @param {number} unsent photos that are not with the
   * server yet */
  render(state, unsent) {
    const work = workload(state);
    const left = (work?.unfinished.length ?? 0) + unsent;
    const { done, failed } = work ?? { done: 0, failed: 0 };
    if (left === 0) this.#end(state);
    const total = left && done + left;
    const hasChanged = done !== this.#known.done || total !== this.#known.total;
    if (work && (hasChanged || !isMeasured(work))) {
      const rest = timeLeft(state, work, Date.now());
      this.#endsAt = rest === null ? null : Date.now() + rest * (left / work.unfinished.length);
    }
    this.#known = { done, failed, total };
    this.unfinished = work?.unfinished ?? [];
    keepFocus(this.element, () => {
      this.element.hidden = total < LEAST;
      this.cancel.hidden = this.unfinished.length < LEAST;
      this.#showNotices();
    });
    this.bar.max = total;
    this.bar.value = done;
    this.tick();
  }

  /** Bring the estimate up to date. */
  tick() {
    const { done, failed, total } = this.#known;
    if (total === 0) return;
    const left = this.#endsAt === null ? null : this.#endsAt - Date.now();
    const far = ofAll(done, total, left === null || left < 0 ? "" : span(left));
    const text = withFailed(far, failed, " · ");
    this.#tab.working(text, done / total);
    if (this.text.textContent !== text) this.text.textContent = text;
  }

  /** Tell what came of what was to be done. @param {import("../store.js").State} state */
  #end(state) {
    const last = this.unfinished.map(({ id }) => state.predictions.get(id)?.state);
    const done = this.#known.done + last.filter((each) => each === "succeeded" || each === "failed").length;
    const failed = this.#known.failed + last.filter((each) => each === "failed").length;
    this.#tab.ended({
      title: withFailed(t("state.succeeded"), failed, " · "),
      notice: done ? withFailed(t("photos.finished", { count: done }), failed, " ") : "",
    });
  }

  async #toggleNotices() {
    await this.notifier.want(!this.notifier.isWanted);
    keepFocus(this.element, () => this.#showNotices());
  }

  #showNotices() {
    this.notify.hidden = !this.notifier.isPossible;
    this.notify.setAttribute("aria-pressed", String(this.notifier.isWanted));
  }
}

/** @param {string} text @param {number} failed @param {string} between */
const withFailed = (text, failed, between) =>
  failed ? `${text}${between}${t("photos.failed", { count: failed })}` : text;
