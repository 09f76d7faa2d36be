// @ts-check
/** What a webhook was told, how that went, and telling it again. */

import { number, t } from "../../language.js";
import { when } from "../../measures.js";
import { fill, h } from "../dom.js";
import { EVENTS } from "./webhook_form.js";

/** @typedef {import("../../account_api.js").Delivery} Delivery */

/** What is on its way is looked at again so often. */
const AGAIN_MS = 2_000;

/** @type {Record<Delivery["status"], import("../../language.js").Key>} */
const STATUS = { pending: "hooks.pending", delivered: "hooks.delivered", failed: "hooks.not_delivered" };

/** Why nothing was answered. @type {Record<string, import("../../language.js").Key>} */
const TROUBLE = {
  timeout: "hooks.timeout",
  name_not_found: "hooks.name_not_found",
  address_refused: "hooks.address_refused",
  tls_failed: "hooks.tls_failed",
};

export class Deliveries {
  #timer = 0;

  /**
   * @param {object} parts
   * @param {import("../../account_api.js").AccountApi} parts.api
   * @param {import("../../account_api.js").Hook} parts.hook
   * @param {import("./parts.js").Outcome} parts.outcome
   */
  constructor({ api, hook, outcome }) {
    this.api = api;
    this.hook = hook;
    this.outcome = outcome;
    this.list = h("ul", { class: "rows deliveries" });
    this.none = h("p", { class: "hint" }, t("hooks.none"));
    this.element = h(
      "details",
      { class: "about", ontoggle: () => this.#toggled(), "data-testid": "hook-log" },
      h("summary", {}, t("hooks.log"), h("span", { class: "visually-hidden" }, ` ${hook.url}`)),
      this.none,
      this.list,
    );
  }

  /** Look at it, and at what is on its way, until it has ended. */
  open() {
    if (this.element.open) void this.#load();
    else this.element.open = true;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #toggled() {
    this.stop();
    if (this.element.open) void this.#load();
  }

  #load() {
    this.stop();
    return this.outcome.attempt(async () => {
      const all = await this.api.deliveries(this.hook.id);
      this.none.hidden = all.length > 0;
      fill(this.list, JSON.stringify(all), () => all.map((each) => this.#row(each)), this.element.firstElementChild);
      const isOnItsWay = all.some(({ status }) => status === "pending");
      if (isOnItsWay && this.element.open && this.element.isConnected) {
        this.#timer = setTimeout(() => void this.#load(), AGAIN_MS);
      }
    });
  }

  /** @param {Delivery} delivery */
  #row({ id, event, status, attempts, created_at: at, http_status: code, error_code: error }) {
    const told = EVENTS[/** @type {keyof typeof EVENTS} */ (event)];
    const facts = [
      when(at),
      t(STATUS[status]),
      code && t("hooks.answer", { status: String(code) }),
      attempts > 1 && t("hooks.attempts", { count: number(attempts) }),
    ];
    const again = h(
      "button",
      {
        type: "button", class: "button", hidden: status === "pending" || !this.hook.enabled,
        "data-testid": "replay", onclick: () => void this.#replay(id),
      },
      t("hooks.replay"),
    );
    const trouble = status !== "delivered" && error && !code ? h("p", { class: "hint" }, t(TROUBLE[error] ?? "hooks.unreachable")) : null;
    return h(
      "li",
      { "data-testid": "delivery", "data-status": status },
      h("div", {}, h("p", {}, told ? t(told) : t("hooks.tested")), h("p", { class: "hint" }, facts.filter(Boolean).join(" · ")), trouble),
      again,
    );
  }

  /** @param {number} id */
  async #replay(id) {
    await this.outcome.attempt(async () => {
      await this.api.replay(id);
      await this.#load();
    });
  }
}
