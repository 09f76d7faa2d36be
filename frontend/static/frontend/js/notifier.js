// @ts-check
/** Notices of the system, for who looks at something else; only where they are wanted and allowed. */

import { Kept } from "./kept.js";

const WANTED = "yes";
/** Of several tabs one notice is seen. */
const TAG = "darkroom.finished";

export class Notifier {
  #kept = new Kept("darkroom.notify");

  /** Whether this browser may be asked; on HTTP it may not. */
  get isPossible() {
    return globalThis.Notification !== undefined && Notification.permission !== "denied";
  }

  get isWanted() {
    return this.isPossible && Notification.permission === "granted" && this.#kept.read() === WANTED;
  }

  /** Ask for what a browser asks its user for, if it was not asked before. @param {boolean} isWanted */
  async want(isWanted) {
    this.#kept.write(isWanted ? WANTED : "");
    if (isWanted && Notification.permission === "default") await Notification.requestPermission();
  }

  /** @param {string} text */
  async tell(text) {
    if (!this.isWanted) return;
    const options = { body: text, tag: TAG, icon: icon() };
    try {
      const notice = new Notification("Darkroom", options);
      notice.onclick = () => {
        window.focus();
        notice.close();
      };
    } catch {
      // Phones show those of service workers alone.
      const worker = await navigator.serviceWorker?.getRegistration("/share").catch(() => undefined);
      await worker?.showNotification("Darkroom", options).catch(() => {});
    }
  }
}

/** The one for touch: not every system shows drawings. */
const icon = () => /** @type {HTMLLinkElement|null} */ (document.querySelector("link[rel=apple-touch-icon]"))?.href;
