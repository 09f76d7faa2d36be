// @ts-check
/**
 * The photo that is open: the page's address names it, a link opens it, and Back closes it. What shows
 * it is loaded once there is a photo to open.
 *
 * @typedef {import("./detail.js").Detail} Detail
 */

import { Address } from "../address.js";
import { ApiError } from "../answers.js";
import { t } from "../language.js";
import { sentence } from "../words.js";

/** How long it is offered to go on with a correction. */
const UNSAVED_MS = 10_000;

export class OpenedPhoto {
  #address = new Address((imageId) => this.#moved(imageId));
  /** The photo that a link named, until the page knows its photos. @type {number|null} */
  #linked = null;
  /** @type {Detail|null} */
  #detail = null;
  /** @type {Promise<Detail>|null} */
  #loading = null;
  #isStopped = false;

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {import("../sync.js").Sync} parts.sync
   * @param {import("./notices.js").Notices} parts.notices
   * @param {import("../commands.js").Commands} parts.commands
   * @param {Omit<ConstructorParameters<typeof import("./detail.js").Detail>[0], "corrections"|"onUnsaved"|"onClosed">} parts.view
   * what shows it is made of
   * @param {(imageId: number) => void} parts.onClosed
   */
  constructor({ api, sync, notices, commands, view, onClosed }) {
    this.api = api;
    this.sync = sync;
    this.notices = notices;
    this.commands = commands;
    this.view = view;
    this.onClosed = onClosed;
  }

  start() {
    this.#linked = this.#address.photo;
    this.#address.start();
  }

  stop() {
    this.#isStopped = true;
    this.#address.stop();
    this.#detail?.element.remove();
  }

  /** @param {number} imageId @param {number} [predictionId] */
  open(imageId, predictionId) {
    this.#address.show(imageId);
    if (this.#detail) return this.#detail.open(imageId, predictionId);
    void this.#load().then(
      (detail) => {
        if (!this.#isStopped && this.#address.photo === imageId) detail.open(imageId, predictionId);
      },
      () => {
        if (this.#isStopped) return;
        this.notices.show(t("problem.unreachable"), "error");
        this.#address.leave();
      },
    );
    return undefined;
  }

  close() {
    this.#detail?.close();
  }

  /** Show another photo where one is open, as if it had been opened: from its name the keyboard goes on.
   * @param {number} imageId @returns {boolean} whether one was */
  turnTo(imageId) {
    if (!this.#detail?.element.open) return false;
    this.open(imageId);
    this.#detail.name.focus();
    return true;
  }

  /** Whether there are corrections that are not saved. */
  get isUnsaved() {
    return (this.#detail?.corrections.unsaved.length ?? 0) > 0;
  }

  /** Bring an estimate up to date. */
  tick() {
    this.#detail?.tick();
  }

  /** Draw the present state; the first one opens what a link named. */
  render() {
    this.#detail?.render();
    if (this.sync.state.images.size > 0) this.#load().catch(() => {});
    if (this.#linked === null || !this.sync.state.loaded) return;
    const linked = this.#linked;
    this.#linked = null;
    void this.#openLinked(linked);
  }

  /** @param {number|null} imageId */
  #moved(imageId) {
    if (imageId === null) this.#detail?.close();
    else void this.#openLinked(imageId);
  }

  /** Load what shows a photo, unless that was begun. @returns {Promise<Detail>} */
  #load() {
    this.#loading ??= this.#make().catch((error) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #make() {
    const [{ Detail }, { Corrections }] = await Promise.all([import("./detail.js"), import("../corrections.js")]);
    const corrections = new Corrections(this.api, this.sync);
    this.#detail = new Detail({
      ...this.view,
      corrections,
      onUnsaved: (imageId, predictionId) => this.#unsaved(imageId, predictionId),
      onClosed: (imageId) => this.#closed(imageId),
    });
    if (!this.#isStopped) document.body.append(this.#detail.element);
    return this.#detail;
  }

  /** @param {number} imageId @param {number} predictionId */
  #unsaved(imageId, predictionId) {
    const run = () => this.commands.open(imageId, predictionId);
    this.notices.show(t("correct.unsaved"), "info", { label: t("correct.go_on"), run, ms: UNSAVED_MS });
  }

  /** @param {number} imageId */
  #closed(imageId) {
    this.#address.leave();
    this.onClosed(imageId);
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
