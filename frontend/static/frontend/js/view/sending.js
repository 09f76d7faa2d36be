// @ts-check
/** Photos on their way to the server, over a reload too, and what is asked and told of them. */

import { Awake } from "../awake.js";
import { isUnfinished } from "../batch.js";
import { KnownFiles } from "../known_files.js";
import { SentFiles } from "../sent_files.js";
import { Tray } from "../tray.js";
import { Uploader } from "../upload.js";
import { Pending } from "./pending.js";

export class Sending {
  /** Pictures of photos until the server has thumbnails. */
  files = new SentFiles();
  /** @type {Tray} */
  #tray;
  #awake = new Awake();
  /** How many were gone when that was last looked at. */
  #gone = 0;

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {import("../sync.js").Sync} parts.sync
   * @param {import("../commands.js").Commands} parts.commands
   * @param {import("../trash.js").Trash} parts.trash
   * @param {import("../batches.js").Limits} parts.limits
   * @param {(model: string) => import("server").ParamsSchema|undefined} parts.schemaOf a model's parameters
   * @param {() => void} parts.onChange told when there are more or fewer on their way
   * @param {(error: unknown) => void} parts.onRefusal
   */
  constructor({ api, sync, commands, trash, limits, schemaOf, onChange, onRefusal }) {
    this.sync = sync;
    this.commands = commands;
    this.trash = trash;
    this.#tray = new Tray(api.signIn.username);
    this.uploader = new Uploader({
      signIn: api.signIn,
      tray: this.#tray,
      limits,
      known: new KnownFiles(api, schemaOf),
      onAccepted: (upload, files) => this.#accepted(upload, files),
      onUnwanted: (uploadId) => commands.removeUnwanted(uploadId),
      onUse: (files) => this.#use(files),
      onRefusal,
      onChange: () => {
        this.#awake.want(this.uploader.isSending);
        this.pending.render();
        onChange();
      },
    });
    this.pending = new Pending(this.uploader);
  }

  get element() {
    return this.pending.element;
  }

  start() {
    this.#awake.start();
    void this.uploader.start();
  }

  stop() {
    this.uploader.stop();
    this.#awake.stop();
  }

  /** How many files are not with the server yet. */
  get unsent() {
    const batches = this.uploader.batches.filter(isUnfinished);
    return batches.reduce((sum, { items }) => sum + items.length, 0);
  }

  /** @param {Parameters<Uploader["add"]>} chosen */
  add(...chosen) {
    void this.uploader.add(...chosen);
  }

  /** Keep nothing of what was not sent. */
  clear() {
    return this.#tray.clear();
  }

  /** Photos have pictures, or are gone. @param {import("../store.js").State} state */
  render(state) {
    this.files.forgetShown(state);
    const { deletedImages, deleted } = state;
    if (deletedImages.size + deleted.size === this.#gone) return;
    this.#gone = deletedImages.size + deleted.size;
    this.uploader.inquiry.photosGone(({ id, upload }) => deletedImages.has(id) || deleted.has(upload));
  }

  /** @param {import("server").ReceivedUpload} upload @param {File[]} files */
  #accepted(upload, files) {
    this.files.keep(upload, files);
    this.sync.history.skip(upload.images.map((image) => image.id));
    this.sync.dispatch({ type: "snapshot", uploads: [upload] });
  }

  /** Show a photo that is there; have the model run over those that it was not asked about.
   * @param {import("../inquiry.js").Used[]} files */
  #use(files) {
    const images = files.flatMap((file) => file.images);
    this.trash.takeBack(images.map(({ id }) => id));
    this.sync.dispatch({ type: "snapshot", images });
    const opensItself = images.length === 1 && !files[0].isDone;
    if (files.length === 1 && images.length && !opensItself) this.commands.open(images[0].id, files[0].run);
    for (const { request, isDone, images: pages } of files) {
      const { model, params } = request;
      if (!isDone) this.commands.run(pages.map(({ id }) => id), { model, params });
    }
  }
}
