// @ts-check
/** The bar at the top: the name, how live the page is, the theme, and who is signed in. */

import { ACCOUNT } from "../address.js";
import { LANGUAGES, language, speak, t } from "../language.js";
import { button, h, icon, iconButton } from "./dom.js";

/** @typedef {import("../language.js").Key} Key */

/** A word, and what it means. @type {Record<import("../socket.js").Status, [Key, Key]>} */
const STATUS = {
  connecting: ["connection.connecting", "connection.connecting.more"],
  live: ["connection.live", "connection.live.more"],
  reconnecting: ["connection.reconnecting", "connection.reconnecting.more"],
  offline: ["connection.offline", "connection.offline.more"],
};
/** @type {Record<string, Key>} */
const THEMES = { auto: "theme.auto", light: "theme.light", dark: "theme.dark" };
const THEME_KEY = "darkroom.theme";

export class Topbar {
  /** @param {HTMLElement} element @param {() => void} onSignOut @param {() => void} onAccount */
  constructor(element, onSignOut, onAccount) {
    this.element = element;
    this.onSignOut = onSignOut;
    this.onAccount = onAccount;
    this.connection = h("span", { class: "connection", "data-testid": "connection", role: "status" });
    this.theme = iconButton("auto", "", () => this.#nextTheme(), { "data-testid": "theme" });
    this.account = h("span", { class: "account" });
    element.replaceChildren(
      h("a", { class: "brand", href: "/" }, icon("logo"), "Darkroom"),
      this.connection,
      languageChoice(),
      this.theme,
      this.account,
    );
    this.#showTheme();
  }

  /** @param {string|null} username */
  showUser(username) {
    this.connection.hidden = username === null;
    const leave = () =>
      button("leave", t("account.sign_out"), () => this.onSignOut(), {
        class: "button is-compact sign-out",
        "data-testid": "sign-out",
      });
    this.account.replaceChildren(
      ...(username === null ? [] : [this.#accountLink(username), leave()]),
    );
  }

  /** A link, so that it can be opened in another tab. @param {string} username */
  #accountLink(username) {
    const open = (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.onAccount();
    };
    return h(
      "a",
      {
        class: "button account-link", href: ACCOUNT, onclick: open, title: t("account"),
        "aria-label": t("account.of", { name: username }), "data-testid": "account",
      },
      icon("account"),
      h("span", { class: "username" }, username),
    );
  }

  /** @param {import("../socket.js").Status} status */
  showConnection(status) {
    const [word, explanation] = STATUS[status];
    this.connection.dataset.status = status;
    this.connection.title = t(explanation);
    this.connection.textContent = t(word);
  }

  #nextTheme() {
    const all = Object.keys(THEMES);
    const next = all[(all.indexOf(chosenTheme()) + 1) % all.length];
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
    const label = t(THEMES[theme]);
    this.theme.title = label;
    this.theme.setAttribute("aria-label", label);
    this.theme.replaceChildren(icon(theme));
  }
}

/** A list of the languages, each in its own words, behind an icon. */
function languageChoice() {
  const options = Object.entries(LANGUAGES).map(([code, name]) =>
    h("option", { value: code, lang: code, selected: code === language }, name),
  );
  const select = h(
    "select",
    {
      "aria-label": t("language"), "data-testid": "language",
      onchange: () => speak(select.value),
    },
    ...options,
  );
  return h("span", { class: "icon-button language", title: t("language") }, icon("language"), select);
}

const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";
