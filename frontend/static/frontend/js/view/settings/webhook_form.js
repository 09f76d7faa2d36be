// @ts-check
/** What a new webhook is to be: its address, and what it is told of. */

import { t } from "../../language.js";
import { h } from "../dom.js";
import { Field, Outcome } from "./parts.js";

/** @typedef {import("../../account_api.js").HookEvent} HookEvent */

/** @type {Record<HookEvent, import("../../language.js").Key>} */
export const EVENTS = {
  "prediction.succeeded": "hooks.succeeded",
  "prediction.failed": "hooks.failed",
  "prediction.canceled": "hooks.canceled",
  "upload.finished": "hooks.finished",
};

export class WebhookForm {
  #outcome = new Outcome();

  /** @param {(wanted: {url: string, events: HookEvent[]}) => Promise<void>} onWanted */
  constructor(onWanted) {
    this.onWanted = onWanted;
    const input = h("input", {
      id: "hook-url", type: "url", required: true, maxLength: 500, autocomplete: "off", inputMode: "url",
      placeholder: "https://", dir: "ltr", "data-testid": "hook-url",
    });
    this.url = new Field(t("hooks.address"), input);
    this.events = Object.entries(EVENTS).map(([event, word]) => {
      const id = `hook-${event.replace(".", "-")}`;
      const box = h("input", { type: "checkbox", id, value: event });
      return { box, element: h("div", { class: "field check" }, box, h("label", { for: id }, t(word))) };
    });
    this.element = h(
      "form",
      { class: "fields", onsubmit: (/** @type {Event} */ event) => this.#submitted(event) },
      this.url.element,
      h("fieldset", { class: "field" }, h("legend", {}, t("hooks.told_of")), ...this.events.map(({ element }) => element)),
      h("button", { type: "submit", class: "button", "data-testid": "make-hook" }, t("hooks.make")),
      this.#outcome.element,
    );
    this.reset();
  }

  reset() {
    this.url.clear();
    this.#outcome.clear();
    for (const { box } of this.events) box.checked = true;
  }

  /** @param {Event} event */
  #submitted(event) {
    return this.#outcome.submit(event, { url: this.url }, async () => {
      const events = this.events.filter(({ box }) => box.checked).map(({ box }) => box.value);
      if (events.length === 0) return this.#outcome.say(t("hooks.no_event"));
      await this.onWanted({ url: this.url.value, events });
      this.reset();
    });
  }
}
