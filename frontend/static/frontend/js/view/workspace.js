// @ts-check
/** The page for who is signed in: new photos, those being sent, and the gallery. */

import { Address } from "../address.js";
import { ApiError } from "../answers.js";
import { isUnfinished } from "../batch.js";
import { Catalog } from "../catalog.js";
import { commands } from "../commands.js";
import { Kept } from "../kept.js";
import { choosableImages } from "../selectors.js";
import { Sync } from "../sync.js";
import { Uploader } from "../upload.js";
import { sentence } from "../words.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { Detail } from "./detail.js";
import { button, h } from "./dom.js";
import { emptyState } from "./empty.js";
import { Gallery } from "./gallery.js";
import { Notices } from "./notices.js";
import { Overview } from "./overview.js";
import { Pending } from "./pending.js";
import { Pictures } from "./pictures.js";

/** How often estimates count down. */
const TICK_MS = 1_000;

/** What a server allows unless its metadata says otherwise; sizes in bytes. */
const LIMITS = {
  max_images_per_upload: 100,
  max_image_bytes: 25_000_000,
  max_upload_bytes: 512_000_000,
  max_image_pixels: 64_000_000,
  formats: [
    { name: "JPEG", content_type: "image/jpeg", suffixes: [".jpg", ".jpeg"] },
    { name: "PNG", content_type: "image/png", suffixes: [".png"] },
  ],
};

export class Workspace {
  /** Files sent from here, by image id: their picture until the server has a thumbnail.
   * @type {Map<number, File>} */
  #files = new Map();
  /** @type {Composer|null} */
  #composer = null;
  #notices = new Notices();
  #chosenModel = new Kept("darkroom.model");
  #address = new Address((imageId) => this.#addressChanged(imageId));
  /** The photo that a link named, until the page knows its photos. @type {number|null} */
  #linked = null;
  #ticking = 0;
  #pageEnd = new IntersectionObserver(
    ([entry]) => entry.isIntersecting && void this.#showOlder(),
    { rootMargin: "600px" },
  );

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {any} parts.server the server's metadata
   * @param {HTMLElement} parts.announced a live region
   * @param {(status: import("../socket.js").Status) => void} parts.onStatus
   */
  constructor({ api, server, announced, onStatus }) {
    this.api = api;
    this.server = server;
    this.onStatus = onStatus;
    this.sync = new Sync(api, (status) => this.#statusChanged(status));
    this.pictures = new Pictures(api);
    this.catalog = new Catalog({
      api,
      onChange: () => this.#modelsChanged(),
      onError: (error) => {
        this.#notices.show(sentence(error), "error");
        this.#modelsChanged();
      },
    });
    this.commands = commands({
      api,
      sync: this.sync,
      notices: this.#notices,
      open: (imageId, predictionId) => this.#open(imageId, predictionId),
    });
    this.detail = new Detail({
      pictures: this.pictures,
      commands: this.commands,
      state: () => this.sync.state,
      models: () => this.catalog.models,
      titleOf: this.catalog.titleOf,
      older: { hasMore: () => this.sync.older !== null, fetch: () => this.#showOlder() },
      onClosed: (imageId) => this.#closed(imageId),
    });
    this.limits = { ...LIMITS, ...server.limits };
    this.uploader = new Uploader({
      signIn: api.signIn,
      limits: this.limits,
      onAccepted: (upload, files) => this.#accepted(upload, files),
      onUnwanted: (uploadId) => this.commands.removeUnwanted(uploadId),
      onChange: () => {
        this.pending.render();
        this.#renderOverview();
      },
    });
    this.overview = new Overview((ids) => this.commands.cancelThese(ids));
    this.pending = new Pending(this.uploader);
    this.announcer = new Announcer(announced);
    this.gallery = new Gallery(
      this.pictures, this.commands, this.#files, this.announcer,
      (imageId) => this.sync.history.read(imageId),
      this.catalog.titleOf,
    );
    this.empty = emptyState();
    this.older = button("down", "Show older photos", () => void this.#showOlder(), { hidden: true });
    this.aside = h("div", { class: "side" });
    const contents = [this.overview.element, this.pending.element, this.empty, this.gallery.element, this.older];
    this.element = h(
      "div",
      { class: "workspace" },
      this.aside,
      h("div", { class: "contents" }, ...contents),
      this.#notices.element,
    );
  }

  start() {
    window.addEventListener("beforeunload", this.#beforeLeaving);
    this.sync.subscribe(() => this.#render());
    document.body.append(this.detail.element);
    this.#linked = this.#address.photo;
    this.#address.start();
    this.sync.start();
    this.catalog.start();
    this.overview.start();
    this.#pageEnd.observe(this.older);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Whether leaving now would lose photos. */
  get isBusy() {
    return this.uploader.isBusy;
  }

  stop() {
    window.removeEventListener("beforeunload", this.#beforeLeaving);
    clearInterval(this.#ticking);
    this.#address.stop();
    this.catalog.stop();
    this.uploader.stop();
    this.sync.stop();
    this.#pageEnd.disconnect();
    this.overview.stop();
    this.#composer?.close();
    this.detail.element.remove();
    this.gallery.clear();
    this.pictures.clear();
    this.announcer.stop();
  }

  #modelsChanged() {
    const { models } = this.catalog;
    if (this.#composer) {
      this.#composer.setModels(models);
    } else {
      this.#composer = new Composer({
        models,
        preferred: [this.#chosenModel.read(), this.server.default_model ?? "ocr"],
        onModel: (name) => this.#chosenModel.write(name),
        formats: this.limits.formats,
        pictures: this.pictures,
        images: () => choosableImages(this.sync.state),
        fetchPhoto: (path) => this.api.blob(path),
        onFiles: (files, request) => void this.uploader.add(files, request),
      });
      this.aside.replaceChildren(this.#composer.element);
    }
    this.gallery.redraw(this.sync.state);
    this.detail.render();
  }

  /** @param {import("../socket.js").Status} status */
  #statusChanged(status) {
    this.onStatus(status);
    if (status === "live") void this.catalog.refresh();
  }

  #render() {
    const { state, older } = this.sync;
    this.gallery.render(state);
    this.detail.render();
    this.#renderOverview();
    this.empty.hidden = !state.loaded || state.uploads.size > 0;
    this.older.hidden = older === null;
    if (state.loaded && this.#linked !== null) {
      const linked = this.#linked;
      this.#linked = null;
      void this.#openLinked(linked);
    }
  }

  #renderOverview() {
    const unsent = this.uploader.batches.filter(isUnfinished).map(({ items }) => items.length);
    this.overview.render(this.sync.state, unsent.reduce((sum, each) => sum + each, 0));
  }

  #tick() {
    this.overview.tick();
    this.gallery.tick();
    this.detail.tick();
  }

  /** @param {number} imageId @param {number} [predictionId] */
  #open(imageId, predictionId) {
    this.detail.open(imageId, predictionId);
    this.#address.show(imageId);
  }

  /** @param {number} imageId */
  #closed(imageId) {
    this.#address.leave();
    this.gallery.focus(imageId);
  }

  /** @param {number|null} imageId */
  #addressChanged(imageId) {
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
      this.#notices.show(isGone ? "There is no such photo (any more)." : sentence(error), "error");
      this.#address.leave();
      return;
    }
    if (this.#address.photo === imageId) this.commands.open(imageId);
  }

  async #showOlder() {
    if (this.older.disabled) return;
    this.older.disabled = true;
    try {
      await this.sync.loadOlder();
    } catch (error) {
      this.#notices.show(sentence(error), "error");
    }
    this.older.disabled = false;
  }

  /** @param {any} upload @param {File[]} files */
  #accepted(upload, files) {
    for (const image of upload.images) this.#files.set(image.id, files[image.position]);
    this.sync.history.skip(upload.images.map((/** @type {any} */ image) => image.id));
    this.sync.dispatch({ type: "snapshot", uploads: [upload] });
  }

  #beforeLeaving = (/** @type {BeforeUnloadEvent} */ event) => {
    if (this.isBusy) event.preventDefault();
  };
}
