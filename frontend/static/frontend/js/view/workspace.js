// @ts-check
/** The page for who is signed in: new photos, those being sent, and the gallery. */

import { commands } from "../commands.js";
import { Sync } from "../sync.js";
import { Uploader } from "../upload.js";
import { sentence } from "../words.js";
import { Announcer } from "./announcer.js";
import { Composer } from "./composer.js";
import { Detail } from "./detail.js";
import { button, h, icon } from "./dom.js";
import { Gallery } from "./gallery.js";
import { Notices } from "./notices.js";
import { Pending } from "./pending.js";
import { Pictures } from "./pictures.js";

/** What a server allows unless its metadata says otherwise; sizes in bytes. */
const LIMITS = {
  max_images_per_upload: 100,
  max_image_bytes: 25_000_000,
  max_upload_bytes: 512_000_000,
  max_image_pixels: 64_000_000,
  content_types: ["image/jpeg", "image/png", "image/webp"],
};

export class Workspace {
  /** Files sent from here, by image id: their picture until the server has a thumbnail.
   * @type {Map<number, File>} */
  #files = new Map();
  /** @type {Composer|null} */
  #composer = null;
  #notices = new Notices();
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
    this.sync = new Sync(api, onStatus);
    this.pictures = new Pictures(api);
    /** @type {Detail|null} */
    this.detail = null;
    this.commands = commands({
      api,
      sync: this.sync,
      notices: this.#notices,
      open: (imageId, predictionId) => this.detail?.open(imageId, predictionId),
    });
    this.limits = { ...LIMITS, ...server.limits };
    this.uploader = new Uploader({
      signIn: api.signIn,
      limits: this.limits,
      onAccepted: (upload, files) => this.#accepted(upload, files),
      onUnwanted: (uploadId) => this.commands.removeUnwanted(uploadId),
      onChange: () => this.pending.render(),
    });
    this.pending = new Pending(this.uploader);
    const announcer = new Announcer(announced);
    this.gallery = new Gallery(this.pictures, this.commands, this.#files, announcer, (imageId) =>
      this.sync.history.read(imageId),
    );
    this.empty = emptyState();
    this.older = button("down", "Show older photos", () => void this.#showOlder(), { hidden: true });
    this.aside = h("div", { class: "side" });
    const contents = [this.pending.element, this.empty, this.gallery.element, this.older];
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
    this.sync.start();
    this.#pageEnd.observe(this.older);
    void this.#prepare();
  }

  /** Whether leaving now would lose photos. */
  get isBusy() {
    return this.uploader.isBusy;
  }

  stop() {
    window.removeEventListener("beforeunload", this.#beforeLeaving);
    this.uploader.stop();
    this.sync.stop();
    this.#pageEnd.disconnect();
    this.#composer?.close();
    this.detail?.element.remove();
    this.gallery.clear();
    this.pictures.clear();
  }

  async #prepare() {
    /** @type {import("../api.js").Model[]} */
    const models = await this.api.models().catch((error) => {
      this.#notices.show(sentence(error), "error");
      return [];
    });
    if (this.api.signIn.signal.aborted) return;
    const preferred = this.server.default_model ?? "ocr";
    const onFiles = (/** @type {File[]} */ files, /** @type {any} */ request) =>
      void this.uploader.add(files, request);
    const contentTypes = this.limits.content_types;
    this.#composer = new Composer({ models, preferred, contentTypes, onFiles });
    this.aside.replaceChildren(this.#composer.element);
    this.detail = new Detail({
      pictures: this.pictures,
      commands: this.commands,
      state: () => this.sync.state,
      models,
    });
    document.body.append(this.detail.element);
  }

  #render() {
    const { state, older } = this.sync;
    this.gallery.render(state);
    this.detail?.render();
    this.empty.hidden = !state.loaded || state.uploads.size > 0;
    this.older.hidden = older === null;
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

const emptyState = () =>
  h(
    "section",
    { class: "empty", "data-testid": "empty-state", hidden: true },
    icon("logo"),
    h("h2", {}, "Nothing on the line yet"),
    h(
      "p",
      {},
      "Choose a model, then drop photos anywhere on this page. Each appears here at once and you " +
        "can watch it being developed: text is read, backgrounds removed, pictures painted anew.",
    ),
    h("p", {}, "No photo at hand? Try the samples."),
  );
