// @ts-check
/** The bar at the top: the name, how live the page is, the theme, and who is signed in. */

import { button, h, icon, iconButton } from "./dom.js";

const STATUS = {
  connecting: ["Connecting…", "The live connection is being made."],
  live: ["Live", "What happens is shown as it happens."],
  reconnecting: ["Reconnecting…", "The live connection was lost. Nothing is lost with it."],
  offline: ["Offline", "This device has no network. The page goes on when it is back."],
};
const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "darkroom.theme";

export class Topbar {
  /** @param {HTMLElement} element @param {() => void} onSignOut */
  constructor(element, onSignOut) {
    this.element = element;
    this.onSignOut = onSignOut;
    this.connection = h("span", { class: "connection", "data-testid": "connection", role: "status" });
    this.theme = iconButton("auto", "", () => this.#nextTheme(), { "data-testid": "theme" });
    this.account = h("span", { class: "account" });
    element.replaceChildren(
      h("a", { class: "brand", href: "/" }, icon("logo"), "Darkroom"),
      this.connection,
      this.theme,
      this.account,
    );
    this.#showTheme();
  }

  /** @param {string|null} username */
  showUser(username) {
    this.connection.hidden = username === null;
    const leave = () =>
      button("leave", "Sign out", () => this.onSignOut(), {
        class: "button is-compact",
        "data-testid": "sign-out",
      });
    this.account.replaceChildren(
      ...(username === null ? [] : [h("span", { class: "username" }, username), leave()]),
    );
  }

  /** @param {import("../socket.js").Status} status */
  showConnection(status) {
    const [word, explanation] = STATUS[status];
    this.connection.dataset.status = status;
    this.connection.title = explanation;
    this.connection.textContent = word;
  }

  #nextTheme() {
    const next = THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length];
    if (next === "auto") {
      localStorage.removeItem(THEME_KEY);
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem(THEME_KEY, next);
      document.documentElement.dataset.theme = next;
    }
    this.#showTheme();
  }

  #showTheme() {
    const theme = chosenTheme();
    const label = `Theme: ${theme === "auto" ? "system" : theme}`;
    this.theme.title = label;
    this.theme.setAttribute("aria-label", label);
    this.theme.replaceChildren(icon(theme));
  }
}

const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";
