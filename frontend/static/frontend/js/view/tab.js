// @ts-check
/** What is seen of the page while another one is looked at: its tab's title and icon, and a notice of the
 * system once all is done. */

import { t } from "../language.js";
import { svg } from "./dom.js";

const TITLE = "Darkroom";
/** An icon is drawn anew for so much more of 1. */
const STEP = 0.05;
const [GROUND, TRACK, INK, GOOD] = ["#140d0d", "#4a383a", "#ff5a45", "#8fd0a0"];
const CIRCLE = { cx: 12, cy: 12, r: 7.5 };

export class Tab {
  #hasWorked = false;
  /** @type {number|null} */
  #drawn = null;

  /** @param {Pick<import("../notifier.js").Notifier, "tell">} notifier */
  constructor(notifier) {
    this.notifier = notifier;
    /** @type {HTMLLinkElement|null} */
    this.link = document.querySelector("link[rel=icon]");
    this.icon = this.link?.getAttribute("href") ?? "";
  }

  start() {
    document.addEventListener("visibilitychange", this.#lookedAt);
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#lookedAt);
    this.#rest();
  }

  /** Work goes on. @param {string} text how far it is @param {number} share of 1 */
  working(text, share) {
    this.#hasWorked = true;
    document.title = t("progress.title", { text });
    this.#draw(Math.floor(Math.min(share, 0.99) / STEP) * STEP);
  }

  /** Nothing is left to do. @param {{title: string, notice: string}} outcome what came of it; without a
   * notice nothing was done */
  ended({ title, notice }) {
    if (!this.#hasWorked) return;
    this.#hasWorked = false;
    if (!document.hidden || !notice) {
      this.#rest();
      return;
    }
    document.title = t("progress.title", { text: title });
    this.#draw(1);
    void this.notifier.tell(notice);
  }

  #lookedAt = () => {
    if (!document.hidden && !this.#hasWorked) this.#rest();
  };

  #rest() {
    document.title = TITLE;
    this.#draw(null);
  }

  /** @param {number|null} share of 1; null: the page's own */
  #draw(share) {
    if (share === this.#drawn || !this.link) return;
    this.#drawn = share;
    this.link.href = share === null ? this.icon : addressOf(share < 1 ? ring(share) : [tick]);
  }
}

/** @param {Element[]} shapes */
function addressOf(shapes) {
  const ground = svg("rect", { width: 24, height: 24, rx: 5, fill: GROUND });
  const drawn = svg("svg", { viewBox: "0 0 24 24", fill: "none", "stroke-width": 4 }, ground, ...shapes);
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
}

/** @param {number} share of 1 */
const ring = (share) => [
  svg("circle", { ...CIRCLE, stroke: TRACK }),
  svg("circle", {
    ...CIRCLE, stroke: INK, pathLength: 100, "stroke-dasharray": `${Math.round(share * 100)} 100`, transform: "rotate(-90 12 12)",
  }),
];

const tick = svg("path", { d: "M5.5 12.5l4.5 4.5 8.5-9.5", stroke: GOOD });
