// @ts-check
/**
 * How a program does what the page shows, to be copied. The code is loaded once somebody asks
 * for it.
 */

import { ACCOUNT } from "../address.js";
import { t } from "../language.js";
import { button, fill, h } from "./dom.js";

/** @typedef {import("../store.js").Prediction} Prediction */

export class FromProgram {
  /** @type {Prediction|null} */
  #prediction = null;
  #chosen = "curl";

  /** @param {(text: string) => void} onCopy */
  constructor(onCopy) {
    this.onCopy = onCopy;
    this.content = h("div", { class: "snippets" });
    this.element = h(
      "details",
      { class: "about", hidden: true, "data-testid": "from-program", ontoggle: () => void this.#show() },
      h("summary", {}, t("program")),
      this.content,
    );
  }

  /** @param {Prediction|null} prediction the one that is shown */
  render(prediction) {
    this.#prediction = prediction;
    this.element.hidden = !prediction;
    void this.#show();
  }

  async #show() {
    if (!this.element.open) return;
    // Where it can't be had now, the next look asks again.
    const loaded = await import("../snippets.js").catch(() => null);
    if (!loaded || !this.#prediction) return;
    const { model, model_version: version, params } = this.#prediction;
    const all = loaded.snippets({ origin: location.origin, model, version, params });
    const chosen = all.find(({ id }) => id === this.#chosen) ?? all[0];
    fill(this.content, JSON.stringify(chosen), () => this.#build(all, chosen));
  }

  /** @param {import("../snippets.js").Snippet[]} all @param {import("../snippets.js").Snippet} chosen */
  #build(all, chosen) {
    const tabs = all.map(({ id, name }) =>
      h(
        "button",
        { type: "button", class: "tab", "aria-pressed": String(id === chosen.id), onclick: () => this.#choose(id) },
        name,
      ),
    );
    return [
      h("div", { class: "tabs", role: "group", "aria-label": t("program.language") }, ...tabs),
      h("pre", { class: "snippet", tabIndex: 0, role: "region", "aria-label": chosen.name, dir: "ltr" }, chosen.text),
      h("div", { class: "row" }, button("copy", t("program.copy"), () => this.onCopy(chosen.text), { "data-testid": "copy-snippet" })),
      h("p", { class: "hint" }, t("program.key"), " ", h("a", { href: ACCOUNT }, t("program.to_keys"))),
    ];
  }

  /** @param {string} id */
  async #choose(id) {
    this.#chosen = id;
    await this.#show();
    /** @type {HTMLElement|null} */ (this.content.querySelector('[aria-pressed="true"]'))?.focus();
  }
}
