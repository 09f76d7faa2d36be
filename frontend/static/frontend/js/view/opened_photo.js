// @ts-check
/** The photo that is open: the page's address names it, a link opens it, and Back closes it. */

import { Address } from "../address.js";
import { ApiError } from "../answers.js";
import { t } from "../language.js";
import { sentence } from "../words.js";

export class OpenedPhoto {
  #address = new Address((imageId) => this.#moved(imageId));
  /** The photo that a link named, until the page knows its photos. @type {number|null} */
  #linked = null;

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {import("../sync.js").Sync} parts.sync
   * @param {import("./notices.js").Notices} parts.notices
   * @param {import("./detail.js").Detail} parts.detail
   * @param {import("../commands.js").Commands} parts.commands
   */
  constructor({ api, sync, notices, detail, commands }) {
    this.api = api;
    this.sync = sync;
    this.notices = notices;
    this.detail = detail;
    this.commands = commands;
  }

  start() {
    document.body.append(this.detail.element);
    this.#linked = this.#address.photo;
    this.#address.start();
  }

  stop() {
    this.#address.stop();
    this.detail.element.remove();
  }

  /** @param {number} imageId @param {number} [predictionId] */
  open(imageId, predictionId) {
    this.detail.open(imageId, predictionId);
    this.#address.show(imageId);
  }

  /** It has been closed. */
  closed() {
    this.#address.leave();
  }

  /** Draw the present state; the first one opens what a link named. */
  render() {
    this.detail.render();
    if (this.#linked === null || !this.sync.state.loaded) return;
    const linked = this.#linked;
    this.#linked = null;
    void this.#openLinked(linked);
  }

  /** @param {number|null} imageId */
  #moved(imageId) {
    if (imageId === null) this.detail.close();
    else void this.#openLinked(imageId);
  }

  /** Open a photo that may not be on the page. @param {number} imageId */
  async #openLinked(imageId) {
    try {
      if (!this.sync.state.images.has(imageId)) {
        const { upload } = await this.api.image(imageId);
        this.sync.dispatch({ type: "snapshot", uploads: [await this.api.upload(upload)] });
      }
    } catch (error) {
      if (this.api.signIn.signal.aborted || this.#address.photo !== imageId) return;
      const isGone = error instanceof ApiError && error.status === 404;
      this.notices.show(isGone ? t("photo.missing") : sentence(error), "error");
      this.#address.leave();
      return;
    }
    if (this.#address.photo === imageId) this.commands.open(imageId);
  }
}
