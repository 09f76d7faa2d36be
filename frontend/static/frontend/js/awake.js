// @ts-check
/** Keeps the screen on while it is wanted: a phone whose screen goes off stops what a page sends.
 * Source: W3C, Screen Wake Lock API. */

export class Awake {
  #isWanted = false;
  #isAsking = false;
  /** @type {WakeLockSentinel|null} */
  #lock = null;

  start() {
    document.addEventListener("visibilitychange", this.#update);
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#update);
    this.want(false);
  }

  /** @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    void this.#update();
  }

  /** A page that is hidden loses its lock, and asks again when it is shown. */
  #update = async () => {
    if (!this.#isWanted) {
      const lock = this.#lock;
      this.#lock = null;
      await lock?.release();
      return;
    }
    if (this.#isAsking || document.visibilityState !== "visible" || this.#lock?.released === false) return;
    this.#isAsking = true;
    // Browsers refuse it without HTTPS, or where the battery is low: it goes on without.
    this.#lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    this.#isAsking = false;
    if (!this.#isWanted) await this.#update();
  };
}
