// @ts-check
/** What would be lost if the page were left now, and asking before. */

import { t } from "../language.js";

export class Leaving {
  /** @param {{uploader: import("../upload.js").Uploader, opened: import("./opened_photo.js").OpenedPhoto}} parts */
  constructor({ uploader, opened }) {
    this.uploader = uploader;
    this.opened = opened;
  }

  start() {
    window.addEventListener("beforeunload", this.#asked);
  }

  stop() {
    window.removeEventListener("beforeunload", this.#asked);
  }

  /** What to ask who signs out; null: nothing would be lost. */
  get question() {
    if (this.uploader.isBusy) return t("page.leave");
    return this.opened.isUnsaved ? t("page.leave_unsaved") : null;
  }

  #asked = (/** @type {BeforeUnloadEvent} */ event) => {
    if (this.uploader.wouldLose || this.opened.isUnsaved) event.preventDefault();
  };
}
