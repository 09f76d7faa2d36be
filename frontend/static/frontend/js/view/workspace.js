// @ts-check
/** The page for who is signed in: new photos, those being sent, and the gallery. */

import { Catalog } from "../catalog.js";
import { commands } from "../commands.js";
import { Kept } from "../kept.js";
import { limitsOf } from "../limits.js";
import { Sync } from "../sync.js";
import { Trash } from "../trash.js";
import { sentence } from "../words.js";
import { Announcer } from "./announcer.js";
import { Empty } from "./empty.js";
import { frame } from "./frame.js";
import { Leaving } from "./leaving.js";
import { NewPhotos } from "./new_photos.js";
import { Notices } from "./notices.js";
import { OpenedPhoto } from "./opened_photo.js";
import { Overview } from "./overview.js";
import { Photos } from "./photos.js";
import { Pictures } from "./pictures.js";
import { Sending } from "./sending.js";

/** How often estimates count down. */
const TICK_MS = 1_000;

export class Workspace {
  #notices = new Notices();
  /** @type {Trash} */
  #trash;
  #ticking = 0;

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {Partial<import("../api.js").Metadata>} parts.server the server's metadata, if it was told
   * @param {HTMLElement} parts.announced a live region
   * @param {(status: import("../socket.js").Status) => void} parts.onStatus
   */
  constructor({ api, server, announced, onStatus }) {
    this.api = api;
    this.#trash = new Trash({
      user: api.signIn.username,
      kept: new Kept("darkroom.deletions"),
      onDelete: (ids) => this.commands.erase(ids),
      onChange: () => this.#redraw(),
    });
    this.onStatus = onStatus;
    this.sync = new Sync(api, (status) => this.#statusChanged(status), () => void this.catalog.onNews());
    this.pictures = new Pictures(api);
    this.catalog = new Catalog({
      api,
      onChange: () => this.#modelsChanged(),
      onError: (error) => {
        this.warn(sentence(error));
        this.#modelsChanged();
      },
    });
    this.commands = commands({
      api,
      sync: this.sync,
      notices: this.#notices,
      trash: this.#trash,
      onRefusal: this.catalog.onRefusal,
      open: (imageId, predictionId) => this.opened.open(imageId, predictionId),
      turnTo: (imageIds) => this.#turnTo(imageIds),
      again: (request) => {
        this.opened.close();
        this.photos.bar.recall(request);
      },
    });
    const view = {
      pictures: this.pictures,
      commands: this.commands,
      state: () => this.sync.state,
      models: () => this.catalog.models,
      titleOf: this.catalog.titleOf,
    };
    const limits = limitsOf(server);
    this.sending = new Sending({
      api,
      sync: this.sync,
      commands: this.commands,
      trash: this.#trash,
      limits,
      schemaOf: this.catalog.schemaOf,
      onRefusal: this.catalog.onRefusal,
      onChange: () => this.#renderSent(),
    });
    this.photos = new Photos({
      sync: this.sync,
      view,
      files: this.sending.files,
      isHidden: this.#trash.has,
      onFiltered: () => this.#redraw(),
      onError: this.warn,
    });
    const { gallery, images, end: older } = this.photos;
    this.opened = new OpenedPhoto({
      api,
      sync: this.sync,
      notices: this.#notices,
      commands: this.commands,
      view: { ...view, order: () => this.photos.order, older },
      onClosed: (imageId) => gallery.focus(imageId),
    });
    this.leaving = new Leaving({ uploader: this.sending.uploader, opened: this.opened });
    this.overview = new Overview((ids) => this.commands.cancel(ids));
    this.announcer = new Announcer(announced, this.catalog.titleOf);
    this.empty = new Empty({ pictures: this.pictures, onTry: (model) => this.newPhotos.tryOut(model) });
    this.newPhotos = new NewPhotos(
      {
        formats: limits.formats,
        pictures: this.pictures,
        images,
        fetchPhoto: (path) => api.blob(path),
        onFiles: (...chosen) => this.sending.add(...chosen),
      },
      server.default_model ?? "ocr",
      api.signIn.username,
      this.catalog.onTurnedTo,
    );
    const { aside, shared, sheet } = this.newPhotos;
    const { overview, sending, empty, photos } = this;
    this.element = frame({
      aside,
      contents: [shared.element, overview.element, sending.element, empty.element, ...photos.elements],
      foot: [this.#notices.home, photos.bar.element, sheet.opener],
    });
  }

  /** What runs as long as this does. */
  get #parts() {
    const { opened, catalog, leaving, overview, photos, newPhotos } = this;
    return [this.#notices, opened, catalog, leaving, overview, this.#trash, photos, newPhotos];
  }

  start() {
    this.sync.subscribe(() => this.#render());
    this.sync.start(this.photos.query);
    for (const part of this.#parts) part.start();
    this.sending.start();
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /** @param {string} text why something could not be done */
  warn = (text) => this.#notices.show(text, "error");

  /** What to ask who signs out; null: nothing would be lost. */
  get question() {
    return this.leaving.question;
  }

  /** Do what was put off, while its user is signed in, and keep nothing of theirs. */
  async settle() {
    await Promise.all([this.#trash.empty(), this.sending.clear(), this.newPhotos.shared.clear()]);
  }

  stop() {
    clearInterval(this.#ticking);
    for (const part of this.#parts) part.stop();
    this.sending.stop();
    this.sync.stop();
    this.pictures.clear();
    this.announcer.stop();
  }

  #modelsChanged() {
    const { models } = this.catalog;
    this.newPhotos.setModels(models);
    this.photos.filters.setModels(models);
    this.empty.setModels(models);
    this.#redraw();
  }

  /** Which photos are shown, or how models are called, may have changed. */
  #redraw() {
    this.photos.redraw();
    this.opened.render();
  }

  /** Of photos that are there again the first one is seen where photos are seen now.
   * @param {number[]} imageIds */
  #turnTo(imageIds) {
    const id = this.photos.order.find((each) => imageIds.includes(each)) ?? imageIds[0];
    if (!this.opened.turnTo(id)) this.photos.gallery.focus(id);
  }

  /** @param {import("../socket.js").Status} status */
  #statusChanged(status) {
    this.onStatus(status);
    if (status === "live") void this.catalog.refresh();
  }

  #render() {
    const { state } = this.sync;
    this.photos.render();
    this.opened.render();
    this.announcer.render(state);
    this.sending.render(state);
    this.#renderSent();
  }

  #renderSent() {
    const { state } = this.sync;
    const { unsent } = this.sending;
    this.overview.render(state, unsent);
    this.empty.show(state.loaded && state.images.size + unsent === 0 && this.photos.query === "");
  }

  #tick() {
    this.overview.tick();
    this.photos.gallery.countDown();
    this.opened.tick();
  }
}
