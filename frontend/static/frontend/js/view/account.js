// @ts-check
/** The page for who isn't signed in: sign in, or register where the server allows it. */

import { ApiError } from "../answers.js";
import { t } from "../language.js";
import { sentence } from "../words.js";
import { h, icon } from "./dom.js";

export class Account {
  #isNew = false;

  /** @param {import("../session.js").Session} session @param {boolean} mayRegister */
  constructor(session, mayRegister) {
    this.session = session;
    this.username = input("username", "text", "username");
    this.password = input("password", "password", "current-password");
    this.rule = h("small", { id: "password-rule" }, t("account.password_rule"));
    this.problem = h("p", { class: "error", role: "alert", "data-testid": "account-problem" });
    this.submit = h("button", { type: "submit", class: "button primary", "data-testid": "sign-in" });
    this.title = h("h1", {});
    this.farewell = h("p", { role: "status", hidden: true, "data-testid": "farewell" });
    this.switch = h("button", {
      type: "button", class: "link", "data-testid": "register", hidden: !mayRegister,
      onclick: () => this.#turn(!this.#isNew),
    });
    this.element = h(
      "section",
      { class: "account-page" },
      h("div", { class: "tray", "aria-hidden": "true" }, icon("logo")),
      this.title,
      h("p", { class: "hint" }, t("page.about")),
      this.farewell,
      h(
        "form",
        {
          class: "fields",
          "data-testid": "sign-in-form",
          onsubmit: (/** @type {Event} */ event) => void this.#submitted(event),
        },
        h("div", { class: "field" }, h("label", { for: "username" }, t("account.name")), this.username),
        h("div", { class: "field" }, h("label", { for: "password" }, t("account.password")), this.password, this.rule),
        this.problem,
        this.submit,
      ),
      this.switch,
      h("div", { class: "seen", "aria-hidden": "true" }, h("span"), h("span"), h("span")),
    );
    this.#turn(false);
  }

  /** Say why nobody is signed in any more. @param {string} text */
  say(text) {
    this.farewell.hidden = false;
    this.farewell.textContent = text;
  }

  /** @param {boolean} isNew */
  #turn(isNew) {
    this.#isNew = isNew;
    this.problem.textContent = "";
    this.password.autocomplete = isNew ? "new-password" : "current-password";
    this.rule.hidden = !isNew;
    if (isNew) this.password.setAttribute("aria-describedby", this.rule.id);
    else this.password.removeAttribute("aria-describedby");
    this.title.textContent = t(isNew ? "account.create" : "account.sign_in");
    this.submit.textContent = t(isNew ? "account.create" : "account.sign_in");
    this.switch.textContent = t(isNew ? "account.have_one" : "account.create");
  }

  /** @param {Event} event */
  async #submitted(event) {
    event.preventDefault();
    this.submit.disabled = true;
    this.problem.textContent = "";
    const username = this.username.value.trim();
    try {
      await (this.#isNew
        ? this.session.register(username, this.password.value)
        : this.session.signIn(username, this.password.value));
    } catch (error) {
      if (error instanceof ApiError && error.code === "registration_closed") {
        this.#turn(false);
        this.switch.hidden = true;
      }
      this.problem.textContent = explained(error);
      // The button that was pressed had lost the focus.
      this.password.focus();
    } finally {
      this.submit.disabled = false;
    }
  }
}

/** @param {any} error */
function explained(error) {
  if (!(error instanceof ApiError) || error.errors.length === 0) return sentence(error);
  return [...new Set(error.errors.map(({ message }) => message))].join(" ");
}

/** @param {string} id @param {string} type @param {string} autocomplete */
const input = (id, type, autocomplete) =>
  h("input", { id, type, autocomplete, required: true, autocapitalize: "none", "data-testid": id });
