// @ts-check
/** The account, while the page's address names it. What shows it is loaded once it is asked for. */

import { isAccount, leaveAccount, showAccount } from "../address.js";
import { t } from "../language.js";

export class OpenedAccount {
  /** @type {import("./settings/page.js").AccountPage|null} */
  #page = null;
  #isStopped = false;

  /**
   * @param {object} parts
   * @param {import("../api.js").Api} parts.api
   * @param {() => void} parts.onSignOut
   * @param {() => void} parts.onDeleted told when there is no account any more
   * @param {(text: string) => void} parts.onError
   */
  constructor(parts) {
    this.parts = parts;
  }

  start() {
    window.addEventListener("popstate", this.#moved);
    this.#moved();
  }

  stop() {
    this.#isStopped = true;
    window.removeEventListener("popstate", this.#moved);
    this.#page?.element.remove();
  }

  open() {
    showAccount();
    void this.#show();
  }

  #moved = () => {
    if (isAccount()) void this.#show();
    else this.#page?.element.close();
  };

  async #show() {
    try {
      const { AccountPage } = await import("./settings/page.js");
      if (this.#isStopped || !isAccount()) return;
      this.#page ??= new AccountPage({ ...this.parts, onClosed: leaveAccount });
      this.#page.open();
    } catch {
      if (this.#isStopped) return;
      this.parts.onError(t("problem.unreachable"));
      leaveAccount();
    }
  }
}
