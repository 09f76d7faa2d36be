// @ts-check
/** How far everything is that has been asked for: a line with a bar, and the tab's title. */

import { t } from "../language.js";
import { isMeasured, timeLeft, workload } from "../workload.js";
import { ofAll, span } from "../words.js";
import { button, h, keepFocus } from "./dom.js";

const TITLE = "Darkroom";
/** A single photo tells of itself. */
const LEAST = 2;

export class Overview {
  /** @type {{done: number, total: number}} */
  #known = { done: 0, total: 0 };
  /** When everything is expected to be done. @type {number|null} */
  #endsAt = null;
  #hasWorked = false;

  /** @param {(predictionIds: number[]) => void} onCancel */
  constructor(onCancel) {
    /** @type {number[]} */
    this.unfinished = [];
    this.text = h("p", { "data-testid": "overview-text" });
    this.bar = h("progress", { class: "bar", max: 1, "aria-label": t("progress.everything") });
    this.cancel = button("close", t("action.cancel_all"), () => onCancel(this.unfinished), {
      "data-testid": "cancel-everything",
    });
    const line = h("div", { class: "batch-line" }, this.text, this.cancel);
    this.element = h(
      "section",
      { class: "overview", "aria-label": t("progress"), "data-testid": "overview", hidden: true },
      line,
      this.bar,
    );
  }

  start() {
    document.addEventListener("visibilitychange", this.#lookedAt);
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#lookedAt);
    document.title = TITLE;
  }

  /** @param {import("../store.js").State} state @param {number} unsent photos that are not with the
   * server yet */
  render(state, unsent) {
    const work = workload(state);
    this.unfinished = work?.unfinished.map(({ id }) => id) ?? [];
    const done = work?.done ?? 0;
    const total = (work?.total ?? 0) + unsent;
    const hasChanged = done !== this.#known.done || total !== this.#known.total;
    if (work && (hasChanged || !isMeasured(work))) {
      const left = timeLeft(state, work, Date.now());
      this.#endsAt = left === null ? null : Date.now() + left * ((total - done) / work.unfinished.length);
    }
    this.#known = { done, total };
    keepFocus(this.element, () => {
      this.element.hidden = total < LEAST;
      this.cancel.hidden = this.unfinished.length < LEAST;
    });
    this.bar.max = total;
    this.bar.value = done;
    this.tick();
  }

  /** Bring the estimate up to date. */
  tick() {
    const { done, total } = this.#known;
    const left = this.#endsAt === null ? null : this.#endsAt - Date.now();
    const text = ofAll(done, total, left === null || left < 0 ? "" : span(left));
    if (total > 0) {
      this.#hasWorked = true;
      document.title = t("progress.title", { text });
    } else if (this.#hasWorked) {
      this.#hasWorked = false;
      document.title = document.hidden ? t("progress.title", { text: t("state.succeeded") }) : TITLE;
    }
    if (this.text.textContent !== text) this.text.textContent = text;
  }

  #lookedAt = () => {
    if (!document.hidden && this.#known.total === 0) document.title = TITLE;
  };
}
