// @ts-check
/** Webhooks: addresses that are told of what happens, with what they were told. */

import { t } from "../../language.js";
import { when } from "../../measures.js";
import { h } from "../dom.js";
import { Deliveries } from "./deliveries.js";
import { SecretList } from "./secret_list.js";
import { EVENTS, WebhookForm } from "./webhook_form.js";

/** @typedef {import("../../account_api.js").Hook} Hook */

/** Why one was disabled. @type {Record<string, import("../../language.js").Key>} */
const WHY = { by_user: "hooks.disabled", by_staff: "hooks.by_staff", gone: "hooks.gone", not_taken: "hooks.not_taken" };

/** In a sentence; a reason that this page does not know, as the server says it. @param {Hook} hook */
const whyDisabled = ({ disabled_code: code, disabled_reason: reason }) =>
  code in WHY ? t(WHY[code]) : `${t("hooks.disabled")} ${reason}`;

/** @type {import("./secret_list.js").Words} */
const WORDS = {
  title: "hooks", what: "hooks.what", shownOnce: "hooks.shown_once", copy: "hooks.copy", copied: "hooks.copied",
  remove: "action.delete", removed: "hooks.deleted",
};

export class Webhooks {
  /** @type {Deliveries[]} */
  #logs = [];

  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    this.form = new WebhookForm((wanted) => this.#make(wanted));
    /** @type {SecretList<Hook>} */
    this.hooks = new SecretList({
      name: "hook",
      words: WORDS,
      form: this.form,
      read: api.hooks,
      remove: api.deleteHook,
      draw: (hook) => this.#row(hook),
      question: ({ url }) => t("hooks.delete_question", { url }),
      onRedraw: () => {
        this.stop();
        this.#logs = [];
      },
    });
    this.element = this.hooks.element;
  }

  /** Forget what was typed, and the secret that was shown. */
  reset() {
    this.hooks.reset();
    this.stop();
  }

  stop() {
    for (const log of this.#logs) log.stop();
  }

  load() {
    return this.hooks.load();
  }

  /** @param {Hook} hook */
  #row(hook) {
    const { id, url, events, enabled, delivered_at: at } = hook;
    const log = new Deliveries({ api: this.api, hook, outcome: this.hooks.outcome });
    this.#logs.push(log);
    const act = (/** @type {import("../../language.js").Key} */ word, /** @type {() => void} */ onclick, testId = "") =>
      h("button", { type: "button", class: "button", onclick, "data-testid": testId, "aria-label": `${t(word)}: ${url}` }, t(word));
    const facts = [
      events.map((each) => t(EVENTS[each])).join(", "),
      enabled && at && t("hooks.last", { time: when(at) }),
    ];
    return [
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
        act("action.delete", () => this.hooks.ask(id), "delete-hook"),
      ),
      log.element,
    ];
  }

  /** @param {number} id @param {boolean} isEnabled */
  async #enable(id, isEnabled) {
    await this.hooks.outcome.attempt(async () => {
      await this.api.enableHook(id, isEnabled);
      await this.hooks.readAgain();
    });
  }

  /** @param {number} id @param {Deliveries} log */
  async #test(id, log) {
    await this.hooks.outcome.attempt(async () => {
      await this.api.testHook(id);
      log.open();
    });
  }

  /** @param {{url: string, events: import("../../account_api.js").HookEvent[]}} wanted */
  async #make(wanted) {
    const { secret } = await this.api.makeHook(wanted);
    await this.hooks.show(secret);
  }
}
