// @ts-check
/** The photos that the server has: which of them are read, shown and chosen. */

import { labelsOf } from "../filter.js";
import { Selection } from "../selection.js";
import { choosableImages } from "../selectors.js";
import { sentence } from "../words.js";
import { Filters } from "./filters.js";
import { Gallery } from "./gallery.js";
import { PageEnd } from "./page_end.js";
import { SelectionBar } from "./selection_bar.js";

export class Photos {
  /**
   * @param {object} parts
   * @param {import("../sync.js").Sync} parts.sync
   * @param {{pictures: import("./pictures.js").Pictures, commands: import("../commands.js").Commands,
   *   state: () => import("../store.js").State, models: () => import("../api.js").Model[],
   *   titleOf: (name: string) => string}} parts.view
   * @param {Map<number, File>} parts.files local ones, by image id
   * @param {(imageId: number) => boolean} parts.isHidden
   * @param {() => void} parts.onFiltered told when other photos are wanted
   * @param {(text: string) => void} parts.onError
   */
  constructor({ sync, view, files, isHidden, onFiltered, onError }) {
    this.sync = sync;
    const selection = new Selection();
    this.images = () => choosableImages(sync.state);
    this.end = new PageEnd({
      load: (size) => sync.loadOlder(size),
      hasMore: () => sync.older !== null,
      onError: (error) => onError(sentence(error)),
    });
    this.filters = new Filters({
      onChange: () => {
        onFiltered();
        void sync.show(this.query);
      },
      onSelect: () => selection.begin(),
      labels: () => labelsOf(sync.state),
    });
    this.gallery = new Gallery({ ...view, files }, { selection, filter: () => this.filters.value, isHidden });
    this.bar = new SelectionBar({
      ...view,
      selection,
      images: this.images,
      everything: (choose) => this.#everything(choose),
    });
    this.elements = [this.filters.element, this.filters.nothing, this.gallery.element, this.end.element];
  }

  /** Which photos are wanted, as the server takes it. */
  get query() {
    return this.filters.query;
  }

  /** Image ids as they are shown. */
  get order() {
    return this.gallery.order;
  }

  get #parts() {
    return [this.gallery, this.bar, this.end, this.filters];
  }

  start() {
    for (const part of this.#parts) part.start();
  }

  stop() {
    for (const part of this.#parts) part.stop();
  }

  /** Draw the present state. */
  render() {
    const { state, older } = this.sync;
    this.gallery.render(state);
    this.#showFilters();
    this.bar.render();
    this.end.show(older !== null);
  }

  /** Which photos are shown, or how models are called, may have changed. */
  redraw() {
    this.gallery.redraw();
    this.#showFilters();
  }

  #showFilters() {
    const { images, loaded } = this.sync.state;
    this.filters.render({ hasPhotos: images.size > 0, isLoaded: loaded, shown: this.order.length });
  }

  /** Give all photos of the filter, as they are read, while they are wanted.
   * @param {(imageIds: number[]) => boolean} choose */
  #everything(choose) {
    const { query } = this;
    return this.end.fetchWhile(() => {
      this.gallery.render(this.sync.state);
      return query === this.query && choose(this.order) && this.sync.older !== null;
    });
  }
}
