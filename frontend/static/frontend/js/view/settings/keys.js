// @ts-check
/** API keys: what programs sign in with, made, shown once, and revoked. */

import { t } from "../../language.js";
import { measured, when } from "../../measures.js";
import { h } from "../dom.js";
import { KeyForm, SCOPES } from "./key_form.js";
import { SecretList } from "./secret_list.js";

/** @typedef {import("../../account_api.js").Key} Key */

const DAY_MS = 86_400_000;
/** @type {import("./secret_list.js").Words} */
const WORDS = {
  title: "keys", what: "keys.what", shownOnce: "keys.shown_once", copy: "keys.copy", copied: "keys.copied",
  remove: "keys.revoke", removed: "keys.revoked",
};

export class Keys {
  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    /** @type {SecretList<Key>} */
    this.keys = new SecretList({
      name: "key",
      words: WORDS,
      form: new KeyForm((wanted) => this.#make(wanted)),
      read: api.keys,
      remove: api.revokeKey,
      draw: (key) => this.#row(key),
      question: ({ name }) => t("keys.revoke_question", { name }),
    });
    this.element = this.keys.element;
  }

  /** Forget what was typed, and the key that was shown. */
  reset() {
    this.keys.reset();
  }

  load() {
    return this.keys.load();
  }

  /** @param {Key} key */
  #row({ id, name, prefix, scopes, expires_at: end, last_used_at: used }) {
    const facts = [
      `${prefix}…`,
      scopes.map((each) => t(SCOPES[each][0])).join(", "),
      end ? until(end) : t("keys.no_end"),
      used ? t("sign_ins.last_used", { time: when(used) }) : t("keys.never_used"),
    ];
    const revoke = {
      type: "button", class: "button", "aria-label": t("keys.revoke_of", { name }),
      onclick: () => this.keys.ask(id),
    };
    return [
      h("div", {}, h("p", { dir: "auto" }, name), h("p", { class: "hint" }, facts.join(" · "))),
      h("button", revoke, t("keys.revoke")),
    ];
  }

  /** @param {import("./key_form.js").Wanted} wanted */
  async #make({ name, scopes, days }) {
    const end = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    const { key } = await this.api.makeKey({ name, scopes, expires_at: end });
    await this.keys.show(key);
  }
}

/** @param {string} end */
function until(end) {
  const days = (new Date(end).getTime() - Date.now()) / DAY_MS;
  if (days <= 0) return t("keys.ended");
  return t("keys.ends_in", { time: measured("day").format(Math.ceil(days)) });
}
