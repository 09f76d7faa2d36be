// @ts-check
/** The page for who is signed in: new photos, those being sent, and the gallery. */

import { Catalog } from "../catalog.js";
import { commands } from "../commands.js";
import { labelsOf } from "../filter.js";
import { Kept } from "../kept.js";
import { limitsOf } from "../limits.js";
import { Selection } from "../selection.js";
import { choosableImages } from "../selectors.js";
import { Sync } from "../sync.js";
import { Trash } from "../trash.js";
import { sentence } from "../words.js";
import { Announcer } from "./announcer.js";
import { Empty } from "./empty.js";
import { Filters } from "./filters.js";
import { frame } from "./frame.js";
import { Gallery } from "./gallery.js";
import { Leaving } from "./leaving.js";
import { NewPhotos } from "./new_photos.js";
import { Notices } from "./notices.js";
import { OpenedPhoto } from "./opened_photo.js";
import { Overview } from "./overview.js";
import { PageEnd } from "./page_end.js";
import { Pictures } from "./pictures.js";
import { SelectionBar } from "./selection_bar.js";
import { Sending } from "./sending.js";

/** How often estimates count down. */
const TICK_MS = 1_000;

export class Workspace {
  #notices = new Notices();
  #selection = new Selection();
  /** @type {Trash} */
  #trash;
  #filters = new Filters({
    onChange: () => void this.#filtered(),
    onSelect: () => this.#selection.begin(),
    labels: () => labelsOf(this.sync.state),
  });
  #ticking = 0;
  #end = new PageEnd({
    load: (size) => this.sync.loadOlder(size),
    hasMore: () => this.sync.older !== null,
    onError: (error) => this.warn(sentence(error)),
  });

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
    this.sync = new Sync(api, (status) => this.#statusChanged(status));
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
      again: (request) => {
        this.opened.close();
        this.selectionBar.recall(request);
      },
    });
    const view = {
      pictures: this.pictures,
      commands: this.commands,
      state: () => this.sync.state,
      models: () => this.catalog.models,
      titleOf: this.catalog.titleOf,
      order: () => this.gallery.order,
      older: this.#end,
    };
    const parts = { api, sync: this.sync, notices: this.#notices, commands: this.commands };
    const onClosed = (/** @type {number} */ imageId) => this.gallery.focus(imageId);
    this.opened = new OpenedPhoto({ ...parts, view, onClosed });
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
    this.leaving = new Leaving({ uploader: this.sending.uploader, opened: this.opened });
    this.overview = new Overview((ids) => this.commands.cancel(ids));
    this.announcer = new Announcer(announced, this.catalog.titleOf);
    this.gallery = new Gallery(
      { ...view, files: this.sending.files },
      { selection: this.#selection, filter: () => this.#filters.value, isHidden: this.#trash.has },
    );
    const images = () => choosableImages(this.sync.state);
    this.selectionBar = new SelectionBar({
      ...view,
      selection: this.#selection,
      images,
      everything: (choose) => this.#everything(choose),
    });
    this.empty = new Empty({ pictures: this.pictures, onTry: (model) => this.newPhotos.tryOut(model) });
    this.newPhotos = new NewPhotos(
      {
        formats: limits.formats,
        pictures: this.pictures,
        images,
        fetchPhoto: (path) => api.blob(path),
        onFiles: (files, request) => this.sending.add(files, request),
      },
      server.default_model ?? "ocr",
      api.signIn.username,
      this.catalog.onTurnedTo,
    );
    const { aside, shared, sheet } = this.newPhotos;
    const { overview, sending, empty, gallery, selectionBar } = this;
    this.element = frame({
      aside,
      contents: [
        shared.element, overview.element, sending.element, empty.element, this.#filters.element,
        this.#filters.nothing, gallery.element, this.#end.element,
      ],
      foot: [this.#notices.home, selectionBar.element, sheet.opener],
    });
  }

  /** What runs as long as this does. */
  get #parts() {
    const { opened, catalog, leaving, overview, gallery, selectionBar, newPhotos } = this;
    return [this.#notices, opened, catalog, leaving, overview, this.#trash, gallery, selectionBar, newPhotos, this.#end, this.#filters];
  }

  start() {
    this.sync.subscribe(() => this.#render());
    this.sync.start(this.#filters.query);
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
    this.#filters.setModels(models);
    this.empty.setModels(models);
    this.#redraw();
  }

  /** Which photos are shown, or how models are called, may have changed. */
  #redraw() {
    this.gallery.redraw();
    this.#showFilters();
    this.opened.render();
  }

  #showFilters() {
    const { images, loaded } = this.sync.state;
    const shown = this.gallery.order.length;
    this.#filters.render({ hasPhotos: images.size > 0, isLoaded: loaded, shown });
  }

  /** Give all photos of the filter, as they are read, while they are wanted.
   * @param {(imageIds: number[]) => boolean} choose */
  #everything(choose) {
    const { query } = this.#filters;
    return this.#end.fetchWhile(() => {
      this.gallery.render(this.sync.state);
      return query === this.#filters.query && choose(this.gallery.order) && this.sync.older !== null;
    });
  }

  async #filtered() {
    this.#redraw();
    await this.sync.show(this.#filters.query);
  }

  /** @param {import("../socket.js").Status} status */
  #statusChanged(status) {
    this.onStatus(status);
    if (status === "live") void this.catalog.refresh();
  }

  #render() {
    const { state, older } = this.sync;
    this.gallery.render(state);
    this.#showFilters();
    this.selectionBar.render();
    this.opened.render();
    this.announcer.render(state);
    this.sending.render(state);
    this.#renderSent();
    this.#end.show(older !== null);
  }

  #renderSent() {
    const { state } = this.sync;
    const { unsent } = this.sending;
    this.overview.render(state, unsent);
    this.empty.show(state.loaded && state.images.size + unsent === 0 && this.#filters.query === "");
  }

  #tick() {
    this.overview.tick();
    this.gallery.countDown();
    this.opened.tick();
  }
}
