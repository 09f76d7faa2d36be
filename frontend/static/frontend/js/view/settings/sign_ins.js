// @ts-check
/** Where one is signed in, and ending it there. */

import { clientName } from "../../clients.js";
import { t } from "../../language.js";
import { when } from "../../measures.js";
import { fill, h } from "../dom.js";
import { Outcome, part } from "./parts.js";

/** @typedef {import("../../account_api.js").SignInRow} SignInRow */

/** So many are seen before somebody asks for all. */
const FEW = 5;

export class SignIns {
  #isWhole = false;
  /** @type {SignInRow[]} */
  #rows = [];
  #outcome = new Outcome();

  /** @param {import("../../account_api.js").AccountApi} api @param {() => void} onSignOut */
  constructor(api, onSignOut) {
    this.api = api;
    this.onSignOut = onSignOut;
    this.list = h("ul", { class: "rows" });
    this.more = h("button", { type: "button", class: "link", "data-testid": "all-sign-ins", onclick: () => this.#showAll() });
    this.element = part("sign-ins", t("sign_ins"), this.list, this.more, this.#outcome.element);
  }

  load() {
    return this.#outcome.attempt(async () => this.#show(await this.api.signIns()));
  }

  /** @param {SignInRow[]} all */
  #show(all) {
    const here = all.filter(({ current }) => current);
    const elsewhere = all.filter(({ current }) => !current);
    this.#rows = [...here, ...elsewhere];
    this.#draw();
  }

  #draw() {
    const heading = /** @type {HTMLElement} */ (this.element.firstElementChild);
    const rows = this.#isWhole ? this.#rows : this.#rows.slice(0, FEW);
    fill(this.list, JSON.stringify(rows), () => rows.map((each) => this.#row(each)), heading);
    this.more.hidden = rows.length === this.#rows.length;
    this.more.textContent = t("sign_ins.all", { count: this.#rows.length });
  }

  #showAll() {
    this.#isWhole = true;
    this.#draw();
    // What was just asked for is what comes next.
    /** @type {HTMLElement|null} */ (this.list.children[FEW]?.querySelector("button"))?.focus();
  }

  /** @param {SignInRow} row */
  #row({ id, client, address, current, last_used_at }) {
    const name = clientName(client);
    const used = current ? t("sign_ins.this_one") : t("sign_ins.last_used", { time: when(last_used_at) });
    const facts = [address, used].filter(Boolean).join(" · ");
    const end = current
      ? h("button", { type: "button", class: "button", onclick: this.onSignOut }, t("account.sign_out"))
      : h(
          "button",
          {
            type: "button", class: "button", "aria-label": t("sign_ins.end_of", { name, address: address ?? "" }),
            onclick: () => void this.#end(id),
          },
          t("sign_ins.end"),
        );
    return h(
      "li",
      { "data-testid": "sign-in-row" },
      h("div", {}, h("p", { title: client }, name), h("p", { class: "hint" }, facts)),
      end,
    );
  }

  /** @param {string} id */
  async #end(id) {
    await this.#outcome.attempt(async () => {
      await this.api.endSignIn(id);
      this.#show(await this.api.signIns());
      this.#outcome.say(t("sign_ins.ended"));
    });
  }
}
