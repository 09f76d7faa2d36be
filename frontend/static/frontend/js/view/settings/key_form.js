// @ts-check
/** What a new API key is to be: its name, what it may do, and until when. */

import { locale, t } from "../../language.js";
import { h } from "../dom.js";
import { Field, Outcome } from "./parts.js";

/** @typedef {import("server").ScopesEnum} Scope */
/** @typedef {{name: string, scopes: Scope[], days: number}} Wanted `days` 0: without an end */

/** @type {Record<Scope, [import("../../language.js").Key, import("../../language.js").Key]>} */
export const SCOPES = {
  read: ["scope.read", "scope.read.what"],
  write: ["scope.write", "scope.write.what"],
  infer: ["scope.infer", "scope.infer.what"],
};
const USUAL = ["read", "write"];
const DAYS = [30, 90, 365];
const USUAL_DAYS = 90;

export class KeyForm {
  #outcome = new Outcome();

  /** @param {(wanted: Wanted) => Promise<void>} onWanted */
  constructor(onWanted) {
    this.onWanted = onWanted;
    const name = h("input", {
      id: "key-name", type: "text", required: true, maxLength: 100, autocomplete: "off", "data-testid": "key-name",
    });
    this.name = new Field(t("keys.name"), name);
    this.scopes = Object.entries(SCOPES).map(([scope, [word, sentence]]) => {
      const id = `scope-${scope}`;
      const what = h("small", { id: `${id}-what` }, t(sentence));
      const input = h("input", { type: "checkbox", id, value: scope, "aria-describedby": what.id });
      return { input, element: h("div", { class: "field check" }, input, h("label", { for: id }, t(word)), what) };
    });
    const days = new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" });
    this.days = h(
      "select",
      { id: "key-days", "data-testid": "key-days" },
      ...DAYS.map((each) => h("option", { value: each }, days.format(each))),
      h("option", { value: 0 }, t("keys.no_end")),
    );
    this.element = h(
      "form",
      { class: "fields", onsubmit: (/** @type {Event} */ event) => this.#submitted(event) },
      this.name.element,
      h("fieldset", { class: "field" }, h("legend", {}, t("keys.may")), ...this.scopes.map(({ element }) => element)),
      h("div", { class: "field" }, h("label", { for: "key-days" }, t("keys.ends")), this.days),
      h("button", { type: "submit", class: "button", "data-testid": "make-key" }, t("keys.make")),
      this.#outcome.element,
    );
    this.reset();
  }

  reset() {
    this.name.clear();
    this.#outcome.clear();
    for (const { input } of this.scopes) input.checked = USUAL.includes(input.value);
    this.days.value = String(USUAL_DAYS);
  }

  /** @param {Event} event */
  #submitted(event) {
    return this.#outcome.submit(event, { name: this.name }, async () => {
      const scopes = this.scopes.filter(({ input }) => input.checked).map(({ input }) => input.value);
      if (scopes.length === 0) return this.#outcome.say(t("keys.no_scope"));
      await this.onWanted({ name: this.name.value, scopes, days: Number(this.days.value) });
      this.reset();
    });
  }
}
