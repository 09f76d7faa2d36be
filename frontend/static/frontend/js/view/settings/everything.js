// @ts-check
/** Taking everything along, and deleting it. */

import { t } from "../../language.js";
import { button, h } from "../dom.js";
import { Outcome, part } from "./parts.js";
import { passwordField } from "./password.js";

export class TakeAlong {
  #outcome = new Outcome();

  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    this.row = h("div", { class: "row" });
    const hint = h("p", { class: "hint" }, t("export.what"));
    this.element = part("export", t("export"), hint, this.row, this.#outcome.element);
    this.reset();
  }

  reset() {
    this.#outcome.clear();
    const first = () => void this.#first();
    this.row.replaceChildren(button("download", t("export.download"), first, { "data-testid": "export-all" }));
  }

  /** The first part tells how many there are. */
  async #first() {
    await this.#outcome.attempt(async () => {
      const parts = await this.#fetch(1);
      if (parts === 1) return;
      const numbers = Array.from({ length: parts }, (_, at) => at + 1);
      const buttons = numbers.map((each) =>
        button("download", t("export.part", { part: each, parts }), () => void this.#outcome.attempt(async () => void (await this.#fetch(each)))),
      );
      this.row.replaceChildren(...buttons);
      buttons[1].focus();
    });
  }

  /** @param {number} number */
  async #fetch(number) {
    const { url, parts } = await this.api.exportPart(number);
    // The answer came with a cookie for this address; the browser shows how far it is.
    h("a", { href: url, download: "" }).click();
    this.#outcome.say(t("export.begun"));
    return parts;
  }
}

export class Deletion {
  #outcome = new Outcome();

  /** @param {import("../../account_api.js").AccountApi} api @param {() => void} onDeleted */
  constructor(api, onDeleted) {
    this.api = api;
    this.onDeleted = onDeleted;
    this.begin = button("trash", t("delete.begin"), () => this.#ask(true), { "data-testid": "delete-account" });
    this.password = passwordField("delete-password", t("password.current"), "current-password");
    this.form = h(
      "form",
      {
        class: "fields question", hidden: true,
        onsubmit: (/** @type {Event} */ event) => this.#submitted(event),
      },
      h("p", {}, t("delete.what")),
      h("p", { class: "hint" }, t("delete.record")),
      this.password.element,
      h(
        "div",
        { class: "row" },
        h("button", { type: "submit", class: "button danger", "data-testid": "delete-for-good" }, t("delete.for_good")),
        h("button", { type: "button", class: "button", onclick: () => this.#ask(false) }, t("delete.keep")),
      ),
    );
    this.element = part("delete", t("delete"), this.begin, this.form, this.#outcome.element);
  }

  reset() {
    this.#outcome.clear();
    this.password.clear();
    this.begin.hidden = false;
    this.form.hidden = true;
  }

  /** @param {boolean} isAsked */
  #ask(isAsked) {
    this.reset();
    this.begin.hidden = isAsked;
    this.form.hidden = !isAsked;
    (isAsked ? this.password.input : this.begin).focus();
  }

  /** @param {Event} event */
  #submitted(event) {
    const fields = { password: this.password, wrong_password: this.password };
    return this.#outcome.submit(event, fields, async () => {
      await this.api.deleteEverything(this.password.value);
      this.onDeleted();
    });
  }
}
