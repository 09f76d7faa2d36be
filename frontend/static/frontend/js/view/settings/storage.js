// @ts-check
/** What is used of what one may use, and whether e-mail is wanted. */

import { number, t } from "../../language.js";
import { bytes } from "../../measures.js";
import { h } from "../dom.js";
import { Outcome, part } from "./parts.js";

export class Storage {
  #outcome = new Outcome();

  /** @param {import("../../account_api.js").AccountApi} api */
  constructor(api) {
    this.api = api;
    this.used = h("p", { "data-testid": "storage-used" });
    this.bar = h("progress", { class: "bar", max: 1, value: 0, "aria-label": t("storage"), hidden: true });
    this.counts = h("p", { class: "hint" });
    this.wanted = h("input", { type: "checkbox", id: "email-notices", onchange: () => void this.#changed() });
    this.wantedLabel = h("label", { for: "email-notices" });
    this.notices = h("div", { class: "field check", hidden: true }, this.wanted, this.wantedLabel);
    this.element = part("storage", t("storage"), this.used, this.bar, this.counts, this.notices, this.#outcome.element);
  }

  /** @param {import("../../account_api.js").Me} me */
  show({ quota, counts, email, email_notices }) {
    const used = bytes(quota.bytes_used);
    this.bar.hidden = !quota.bytes_limit;
    this.used.textContent = used;
    if (quota.bytes_limit) {
      this.used.textContent = t("storage.of", { used, most: bytes(quota.bytes_limit) });
      this.bar.value = quota.bytes_used / quota.bytes_limit;
    }
    const queued = quota.queued_limit
      ? t("storage.queued_of", { count: quota.queued, most: number(quota.queued_limit) })
      : t("storage.queued", { count: quota.queued });
    const { images, predictions } = counts;
    this.counts.textContent = [
      t("photos", { count: images }), t("storage.results", { count: predictions }),
      (quota.queued > 0 || quota.queued_limit) && queued,
    ].filter(Boolean).join(" · ");
    this.notices.hidden = !email;
    this.wanted.checked = email_notices;
    this.wantedLabel.textContent = t("notices.wanted", { email });
  }

  async #changed() {
    const { checked } = this.wanted;
    await this.#outcome.attempt(async () => {
      try {
        this.show(await this.api.setNotices(checked));
      } catch (error) {
        this.wanted.checked = !checked;
        throw error;
      }
    });
  }
}
