// @ts-check
/** Which photos are shown: a search, the model, the state, and behind a button the label and the days;
 * kept in the page's address. What is chosen is a step of the browser's history, what is typed into the search is not. */

import { EVERYTHING, MOST_CHARACTERS, STATES, addressOf, filterOf, isEverything, isParticular, queryOf } from "../filter.js";
import { t } from "../language.js";
import { stateWord } from "../words.js";
import { button, fill, h, iconButton, keepFocus } from "./dom.js";

const TYPED_MS = 300;

export class Filters {
  value = filterOf(location.search);
  #timer = 0;
  /** Whether what comes next from a field is its first since it got the focus: what follows is the same step. */
  #isFirst = false;

  /**
   * @param {object} parts
   * @param {() => void} parts.onChange
   * @param {() => void} parts.onSelect told when photos are to be chosen
   * @param {() => string[]} parts.labels those that photos have
   */
  constructor({ onChange, onSelect, labels }) {
    this.onChange = onChange;
    this.labels = labels;
    this.text = h("input", {
      type: "search", placeholder: t("filter.text"), maxLength: MOST_CHARACTERS,
      "aria-label": t("filter.text"), "data-testid": "search", oninput: () => this.#typed(),
    });
    const select = (/** @type {string} */ label, /** @type {string} */ id) =>
      h("select", { "aria-label": label, "data-testid": id, onchange: () => this.#read(true) });
    this.model = select(t("filter.model"), "filter-model");
    this.state = select(t("filter.state"), "filter-state");
    this.label = h("input", {
      id: "filter-label", type: "search", maxLength: MOST_CHARACTERS, list: "known-labels", autocomplete: "off",
      "data-testid": "filter-label", onfocus: () => this.#offerLabels(), oninput: () => this.#typed(true),
    });
    this.known = h("datalist", { id: "known-labels" });
    const day = (/** @type {string} */ id) =>
      h("input", { id, type: "date", "data-testid": id, onfocus: () => (this.#isFirst = true), onchange: () => this.#entered() });
    this.from = day("filter-from");
    this.until = day("filter-until");
    const field = (/** @type {import("../language.js").Key} */ label, /** @type {HTMLElement} */ input) =>
      h("div", { class: "field" }, h("label", { for: input.id }, t(label)), input);
    this.rest = h(
      "div",
      { id: "more-filters", class: "filter-rest", hidden: !isParticular(this.value) },
      field("filter.label", this.label), this.known, field("filter.from", this.from), field("filter.until", this.until),
    );
    this.more = iconButton("filter", t("filter.more"), () => this.#showRest(this.rest.hidden), {
      "aria-controls": this.rest.id, "aria-expanded": String(!this.rest.hidden), "data-testid": "more-filters",
    });
    this.clear = button("close", t("filter.clear"), () => this.#set(EVERYTHING, true), {
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
      h("div", { class: "filter-choices" }, this.model, this.state, this.more, this.clear, this.select),
      this.rest,
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

  start() {
    window.addEventListener("popstate", this.#moved);
  }

  /** Forget what was being typed. */
  stop() {
    clearTimeout(this.#timer);
    window.removeEventListener("popstate", this.#moved);
  }

  /** The browser went back or forth. */
  #moved = () => {
    const value = filterOf(location.search);
    if (addressOf(value) === addressOf(this.value)) return;
    clearTimeout(this.#timer);
    this.value = value;
    this.from.value = this.until.value = "";
    this.#show();
    this.onChange();
  };

  #offerLabels() {
    this.#isFirst = true;
    const labels = this.labels();
    fill(this.known, JSON.stringify(labels), () => labels.map((value) => h("option", { value })));
  }

  /** @param {boolean} isWanted */
  #showRest(isWanted) {
    this.rest.hidden = !isWanted;
    this.more.setAttribute("aria-expanded", String(isWanted));
  }

  /** @param {boolean} [isStep] */
  #typed(isStep) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (isStep ? this.#entered() : this.#read()), TYPED_MS);
  }

  #entered() {
    this.#read(this.#isFirst);
    this.#isFirst = false;
  }

  /** @param {boolean} [isStep] */
  #read(isStep) {
    const { text, model, state, label, from, until } = this;
    // A year that is being typed is not one yet.
    const typed = { text: text.value, model: model.value, state: state.value, label: label.value, from: from.value, until: until.value };
    this.#set(filterOf(`?${addressOf(typed)}`), isStep);
  }

  /** @param {import("../filter.js").Filter} value @param {boolean} [isStep] which Back undoes */
  #set(value, isStep) {
    clearTimeout(this.#timer);
    const query = addressOf(value);
    const address = location.pathname + (query && `?${query}`);
    if (!isStep) history.replaceState(history.state, "", address);
    else if (query !== addressOf(this.value)) history.pushState(null, "", address);
    this.value = value;
    this.#show();
    this.onChange();
  }

  #show() {
    const { text, model, state, label, from, until } = this.value;
    if (this.text.value.trim() !== text.trim()) this.text.value = text;
    if (this.label.value.trim() !== label.trim()) this.label.value = label;
    // One that is being typed keeps its place.
    if (this.from.value !== from && document.activeElement !== this.from) this.from.value = from;
    if (this.until.value !== until && document.activeElement !== this.until) this.until.value = until;
    this.model.value = model;
    this.state.value = state;
    keepFocus(this.clear, () => (this.clear.hidden = isEverything(this.value)));
  }
}
