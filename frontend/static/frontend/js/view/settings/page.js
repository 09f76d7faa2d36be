// @ts-check
/** The account: what it uses, who is signed in to it, its password, and its end. */

import { AccountApi } from "../../account_api.js";
import { t } from "../../language.js";
import { h, iconButton } from "../dom.js";
import { Deletion, TakeAlong } from "./everything.js";
import { Keys } from "./keys.js";
import { Outcome } from "./parts.js";
import { Password } from "./password.js";
import { SignIns } from "./sign_ins.js";
import { Storage } from "./storage.js";
import { Webhooks } from "./webhooks.js";

export class AccountPage {
  #outcome = new Outcome();

  /**
   * @param {object} parts
   * @param {import("../../api.js").Api} parts.api
   * @param {() => void} parts.onSignOut
   * @param {() => void} parts.onDeleted
   * @param {() => void} parts.onClosed
   */
  constructor({ api, onSignOut, onDeleted, onClosed }) {
    this.api = new AccountApi(api);
    this.storage = new Storage(this.api);
    this.signIns = new SignIns(this.api, onSignOut);
    this.password = new Password(this.api, () => void this.signIns.load());
    this.keys = new Keys(this.api);
    this.webhooks = new Webhooks(this.api);
    this.takeAlong = new TakeAlong(this.api);
    this.deletion = new Deletion(this.api, onDeleted);
    this.title = h("h2", { id: "account-title", tabIndex: -1 }, t("account.of", { name: api.signIn.username }));
    const parts = [this.storage, this.signIns, this.password, this.keys, this.webhooks, this.takeAlong, this.deletion];
    this.element = h(
      "dialog",
      {
        class: "settings",
        "data-testid": "account-page",
        "aria-labelledby": "account-title",
        onclose: () => {
          this.webhooks.stop();
          onClosed();
        },
        onclick: (/** @type {Event} */ { target }) => target === this.element && this.element.close(),
      },
      h(
        "div",
        { class: "detail-head" },
        this.title,
        iconButton("close", t("action.close"), () => this.element.close(), { "data-testid": "close-account" }),
      ),
      h("div", { class: "settings-body" }, this.#outcome.element, ...parts.map(({ element }) => element)),
    );
  }

  open() {
    if (this.element.open) return;
    for (const part of [this.keys, this.webhooks, this.takeAlong, this.deletion]) part.reset();
    this.password.clear();
    document.body.append(this.element);
    this.element.showModal();
    this.title.focus();
    void this.#outcome.attempt(async () => this.storage.show(await this.api.me()));
    void this.signIns.load();
    void this.keys.load();
    void this.webhooks.load();
  }
}
