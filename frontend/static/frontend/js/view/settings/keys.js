// @ts-check
/** API keys: what programs sign in with, made, shown once, and revoked. */

import { t } from "../../language.js";
import { measured, when } from "../../measures.js";
import { button, fill, h } from "../dom.js";
import { KeyForm } from "./key_form.js";
import { Outcome, part } from "./parts.js";

/** @typedef {import("../../account_api.js").Key} Key */

const DAY_MS = 86_400_000;

export class Keys {
  #outcome = new Outcome();
  /** The key that one is asked about. @type {number|null} */
  #asked = null;
  /** @type {Key[]} */
  #all = [];

  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    this.list = h("ul", { class: "rows" });
    this.text = h("code", { class: "secret", "data-testid": "new-key" });
    this.copy = button("copy", t("keys.copy"), () => void this.#copy(), { "data-testid": "copy-key" });
    this.made = h("div", { class: "made", hidden: true }, h("p", {}, t("keys.shown_once")), this.text, this.copy);
    this.form = new KeyForm((wanted) => this.#make(wanted));
    const hint = h("p", { class: "hint" }, t("keys.what"));
    this.element = part("keys", t("keys"), hint, this.list, this.made, this.#outcome.element, this.form.element);
  }

  /** Forget what was typed, and the key that was shown. */
  reset() {
    this.#asked = null;
    this.#outcome.clear();
    this.form.reset();
    this.made.hidden = true;
    this.text.textContent = "";
  }

  load() {
    return this.#outcome.attempt(() => this.#read());
  }

  async #read() {
    this.#all = await this.api.keys();
    this.#show();
  }

  #show() {
    const heading = /** @type {HTMLElement} */ (this.element.firstElementChild);
    const key = JSON.stringify([this.#all, this.#asked]);
    fill(this.list, key, () => this.#all.map((each) => this.#row(each)), heading);
  }

  /** @param {Key} key */
  #row(key) {
    const { id, name, prefix, scopes, expires_at: end, last_used_at: used } = key;
    if (id === this.#asked) return this.#question(key);
    const facts = [
      `${prefix}…`,
      scopes.map((each) => t(SCOPES[each])).join(", "),
      end ? until(end) : t("keys.no_end"),
      used ? t("sign_ins.last_used", { time: when(used) }) : t("keys.never_used"),
    ];
    const revoke = h(
      "button",
      {
        type: "button", class: "button", "aria-label": t("keys.revoke_of", { name }),
        onclick: () => this.#ask(id),
      },
      t("keys.revoke"),
    );
    return h(
      "li",
      { "data-testid": "key-row" },
      h("div", {}, h("p", { dir: "auto" }, name), h("p", { class: "hint" }, facts.join(" · "))),
      revoke,
    );
  }

  /** @param {Key} key */
  #question({ id, name }) {
    return h(
      "li",
      { "data-testid": "key-row" },
      h("p", {}, t("keys.revoke_question", { name })),
      h(
        "div",
        { class: "row" },
        h(
          "button",
          { type: "button", class: "button danger", "data-testid": "revoke-key", onclick: () => void this.#revoke(id) },
          t("keys.revoke"),
        ),
        h("button", { type: "button", class: "button", onclick: () => this.#ask(null) }, t("keys.keep")),
      ),
    );
  }

  /** Ask about a key, or about none any more; the focus stays with it. @param {number|null} id */
  #ask(id) {
    const at = this.#all.findIndex((each) => each.id === (id ?? this.#asked));
    this.#asked = id;
    this.#show();
    this.list.children[at]?.querySelector("button")?.focus();
  }

  /** @param {number} id */
  async #revoke(id) {
    await this.#outcome.attempt(async () => {
      await this.api.revokeKey(id);
      this.#asked = null;
      await this.#read();
      this.#outcome.say(t("keys.revoked"));
    });
  }

  /** @param {import("./key_form.js").Wanted} wanted */
  async #make({ name, scopes, days }) {
    const end = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    const { key } = await this.api.makeKey({ name, scopes, expires_at: end });
    this.#outcome.clear();
    this.text.textContent = key;
    this.made.hidden = false;
    this.copy.focus();
    await this.load();
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.text.textContent ?? "");
      this.#outcome.say(t("keys.copied"));
    } catch {
      this.#outcome.say(t("copying_refused"));
    }
  }
}

/** @type {Record<string, import("../../language.js").Key>} */
const SCOPES = { read: "scope.read", write: "scope.write", infer: "scope.infer" };

/** @param {string} end */
function until(end) {
  const days = (new Date(end).getTime() - Date.now()) / DAY_MS;
  if (days <= 0) return t("keys.ended");
  return t("keys.ends_in", { time: measured("day").format(Math.ceil(days)) });
}
