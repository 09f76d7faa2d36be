// @ts-check
/** Webhooks: addresses that are told of what happens, with what they were told. */

import { t } from "../../language.js";
import { when } from "../../measures.js";
import { button, fill, h } from "../dom.js";
import { Deliveries } from "./deliveries.js";
import { Outcome, part } from "./parts.js";
import { EVENTS, WebhookForm } from "./webhook_form.js";

/** @typedef {import("../../account_api.js").Hook} Hook */

/** Why one was disabled. @type {Record<string, import("../../language.js").Key>} */
const WHY = { by_user: "hooks.disabled", by_staff: "hooks.by_staff", gone: "hooks.gone", not_taken: "hooks.not_taken" };

/** In a sentence; a reason that this page does not know, as the server says it. @param {Hook} hook */
const whyDisabled = ({ disabled_code: code, disabled_reason: reason }) =>
  code in WHY ? t(WHY[code]) : `${t("hooks.disabled")} ${reason}`;

export class Webhooks {
  #outcome = new Outcome();
  /** The one that is asked about. @type {number|null} */
  #asked = null;
  /** @type {Hook[]} */
  #all = [];
  /** @type {Deliveries[]} */
  #logs = [];

  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    this.list = h("ul", { class: "rows hooks" });
    this.text = h("code", { class: "secret", "data-testid": "hook-secret" });
    this.copy = button("copy", t("hooks.copy"), () => void this.#copy());
    this.made = h("div", { class: "made", hidden: true }, h("p", {}, t("hooks.shown_once")), this.text, this.copy);
    this.form = new WebhookForm((wanted) => this.#make(wanted));
    const hint = h("p", { class: "hint" }, t("hooks.what"));
    this.element = part("hooks", t("hooks"), hint, this.list, this.made, this.#outcome.element, this.form.element);
  }

  /** Forget what was typed, and the secret that was shown. */
  reset() {
    this.#asked = null;
    this.#outcome.clear();
    this.form.reset();
    this.made.hidden = true;
    this.text.textContent = "";
    this.stop();
  }

  stop() {
    for (const log of this.#logs) log.stop();
  }

  load() {
    return this.#outcome.attempt(() => this.#read());
  }

  async #read() {
    this.#all = await this.api.hooks();
    this.#show();
  }

  #show() {
    const heading = /** @type {HTMLElement} */ (this.element.firstElementChild);
    fill(
      this.list,
      JSON.stringify([this.#all, this.#asked]),
      () => {
        this.stop();
        this.#logs = [];
        return this.#all.map((each) => this.#row(each));
      },
      heading,
    );
  }

  /** @param {Hook} hook */
  #row(hook) {
    const { id, url, events, enabled, delivered_at: at } = hook;
    if (id === this.#asked) return this.#question(hook);
    const log = new Deliveries({ api: this.api, hook, outcome: this.#outcome });
    this.#logs.push(log);
    const act = (/** @type {import("../../language.js").Key} */ word, /** @type {() => void} */ onclick, testId = "") =>
      h("button", { type: "button", class: "button", onclick, "data-testid": testId, "aria-label": `${t(word)}: ${url}` }, t(word));
    const facts = [
      events.map((each) => t(EVENTS[each])).join(", "),
      enabled && at && t("hooks.last", { time: when(at) }),
    ];
    return h(
      "li",
      { "data-testid": "hook-row" },
      h(
        "div",
        {},
        h("p", { dir: "ltr" }, url),
        h("p", { class: "hint" }, facts.filter(Boolean).join(" · ")),
        enabled ? null : h("p", { class: "error" }, whyDisabled(hook)),
      ),
      h(
        "div",
        { class: "row" },
        enabled && act("hooks.test", () => void this.#test(id, log), "test-hook"),
        act(enabled ? "hooks.disable" : "hooks.enable", () => void this.#enable(id, !enabled), "enable-hook"),
        act("action.delete", () => this.#ask(id), "delete-hook"),
      ),
      log.element,
    );
  }

  /** @param {Hook} hook */
  #question({ id, url }) {
    const remove = () => void this.#remove(id);
    return h(
      "li",
      { "data-testid": "hook-row" },
      h("p", {}, t("hooks.delete_question", { url })),
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", class: "button danger", "data-testid": "really-delete-hook", onclick: remove }, t("action.delete")),
        h("button", { type: "button", class: "button", onclick: () => this.#ask(null) }, t("keys.keep")),
      ),
    );
  }

  /** Ask about one, or about none any more; the focus stays with it. @param {number|null} id */
  #ask(id) {
    const at = this.#all.findIndex((each) => each.id === (id ?? this.#asked));
    this.#asked = id;
    this.#show();
    this.list.children[at]?.querySelector("button")?.focus();
  }

  /** @param {number} id @param {boolean} isEnabled */
  async #enable(id, isEnabled) {
    await this.#outcome.attempt(async () => {
      await this.api.enableHook(id, isEnabled);
      await this.#read();
    });
  }

  /** @param {number} id @param {Deliveries} log */
  async #test(id, log) {
    await this.#outcome.attempt(async () => {
      await this.api.testHook(id);
      log.open();
    });
  }

  /** @param {number} id */
  async #remove(id) {
    await this.#outcome.attempt(async () => {
      await this.api.deleteHook(id);
      this.#asked = null;
      await this.#read();
      this.#outcome.say(t("hooks.deleted"));
    });
  }

  /** @param {{url: string, events: import("../../account_api.js").HookEvent[]}} wanted */
  async #make(wanted) {
    const { secret } = await this.api.makeHook(wanted);
    this.#outcome.clear();
    this.text.textContent = secret;
    this.made.hidden = false;
    this.copy.focus();
    await this.load();
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.text.textContent ?? "");
      this.#outcome.say(t("hooks.copied"));
    } catch {
      this.#outcome.say(t("copying_refused"));
    }
  }
}
