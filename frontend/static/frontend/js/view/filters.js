// @ts-check
/** Which photos are shown: a search, the model and the state; kept in the page's address. */

import { EVERYTHING, MOST_CHARACTERS, STATES, filterOf, isEverything, queryOf } from "../filter.js";
import { t } from "../language.js";
import { stateWord } from "../words.js";
import { button, fill, h } from "./dom.js";

const TYPED_MS = 300;

export class Filters {
  value = filterOf(location.search);
  #timer = 0;

  /**
   * @param {object} parts
   * @param {() => void} parts.onChange
   * @param {() => void} parts.onSelect told when photos are to be chosen
   */
  constructor({ onChange, onSelect }) {
    this.onChange = onChange;
    this.text = h("input", {
      type: "search", placeholder: t("filter.text"), maxLength: MOST_CHARACTERS,
      "aria-label": t("filter.text"), "data-testid": "search", oninput: () => this.#typed(),
    });
    const select = (/** @type {string} */ label, /** @type {string} */ id) =>
      h("select", { "aria-label": label, "data-testid": id, onchange: () => this.#read() });
    this.model = select(t("filter.model"), "filter-model");
    this.state = select(t("filter.state"), "filter-state");
    this.clear = button("close", t("filter.clear"), () => this.#set(EVERYTHING), {
      class: "button is-compact",
      "aria-label": t("filter.clear.more"),
      "data-testid": "clear-filter",
    });
    this.select = button("select", t("select"), onSelect, {
      class: "button is-compact",
      "aria-label": t("select.photos"),
      "data-testid": "begin-selecting",
    });
    this.element = h(
      "search",
      { class: "filters", hidden: true },
      this.text,
      h("div", { class: "filter-choices" }, this.model, this.state, this.clear, this.select),
    );
    this.nothing = h("p", { class: "nothing", role: "status", hidden: true }, t("photos.none_like_this"));
    this.setModels([]);
    this.#show();
  }

  get query() {
    return queryOf(this.value);
  }

  /** @param {{name: string, title: string}[]} models */
  setModels(models) {
    const option = (/** @type {string} */ value, /** @type {string} */ text) => h("option", { value }, text);
    const gone = models.some(({ name }) => name === this.value.model) || !this.value.model;
    const named = gone ? models : [...models, { name: this.value.model, title: this.value.model }];
    fill(this.model, JSON.stringify(named.map(({ name, title }) => [name, title])), () => [
      option("", t("filter.any_model")),
      ...named.map(({ name, title }) => option(name, title)),
    ]);
    fill(this.state, "states", () => [
      option("", t("filter.any_state")),
      ...STATES.map((each) => option(each, stateWord(each))),
    ]);
    this.#show();
  }

  /** @param {{hasPhotos: boolean, isLoaded: boolean, shown: number}} facts */
  render({ hasPhotos, isLoaded, shown }) {
    const isFiltered = !isEverything(this.value);
    this.element.hidden = !hasPhotos && !isFiltered;
    this.nothing.hidden = !isFiltered || !isLoaded || shown > 0;
  }

  /** Forget what was being typed. */
  stop() {
    clearTimeout(this.#timer);
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#read(), TYPED_MS);
  }

  #read() {
    this.#set({ text: this.text.value, model: this.model.value, state: this.state.value });
  }

  /** @param {import("../filter.js").Filter} value */
  #set(value) {
    clearTimeout(this.#timer);
    this.value = value;
    const query = queryOf(value);
    history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
    this.#show();
    this.onChange();
  }

  #show() {
    const { text, model, state } = this.value;
    if (this.text.value.trim() !== text.trim()) this.text.value = text;
    this.model.value = model;
    this.state.value = state;
    this.clear.hidden = isEverything(this.value);
  }
}
