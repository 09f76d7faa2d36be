// @ts-check
/** Changing the password. */

import { t } from "../../language.js";
import { h } from "../dom.js";
import { Field, Outcome, part } from "./parts.js";

export class Password {
  #outcome = new Outcome();

  /** @param {import("../../account_api.js").AccountApi} api @param {() => void} onChanged */
  constructor(api, onChanged) {
    this.api = api;
    this.onChanged = onChanged;
    this.current = passwordField("current-password", t("password.current"), "current-password");
    this.next = passwordField("new-password", t("password.new"), "new-password");
    // Programs that keep passwords ask whose it is.
    const name = h("input", {
      type: "text", autocomplete: "username", value: api.api.signIn.username, hidden: true, readOnly: true,
    });
    this.form = h(
      "form",
      { class: "fields", onsubmit: (/** @type {Event} */ event) => this.#submitted(event) },
      name,
      this.current.element,
      this.next.element,
      h("button", { type: "submit", class: "button", "data-testid": "change-password" }, t("password.change")),
    );
    const hint = h("p", { class: "hint" }, t("password.what_ends"));
    this.element = part("password", t("password.change"), hint, this.form, this.#outcome.element);
  }

  /** Forget what was typed. */
  clear() {
    this.current.clear();
    this.next.clear();
    this.#outcome.clear();
  }

  /** @param {Event} event */
  #submitted(event) {
    const fields = { current: this.current, password: this.next, wrong_password: this.current };
    return this.#outcome.submit(event, fields, async () => {
      await this.api.changePassword(this.current.value, this.next.value);
      this.clear();
      this.#outcome.say(t("password.changed"));
      this.onChanged();
    });
  }
}

/** @param {string} id @param {string} label @param {AutoFill} autocomplete */
export const passwordField = (id, label, autocomplete) =>
  new Field(
    label,
    h("input", { id, type: "password", autocomplete, required: true, maxLength: 128, "data-testid": id }),
  );
