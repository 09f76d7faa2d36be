// @ts-check
/** Puts the page together: who is signed in decides what is on it. */

import { Api, metadata } from "./api.js";
import { Session } from "./session.js";
import { Account } from "./view/account.js";
import { Topbar } from "./view/topbar.js";
import { Workspace } from "./view/workspace.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const header = /** @type {HTMLElement} */ (document.getElementById("topbar"));
const announced = /** @type {HTMLElement} */ (document.getElementById("announcer"));

const session = new Session();
const topbar = new Topbar(header, () => void session.signOut());
const about = metadata().catch(() => ({}));
/** @type {Workspace|null} */
let workspace = null;

async function show() {
  workspace?.close();
  workspace = null;
  const { username } = session;
  topbar.showUser(username);
  const server = await about;
  // Signed in or out meanwhile: that change shows its own page.
  if (session.username !== username) return;
  if (username === null) {
    const account = new Account(session, server.registration_open ?? true);
    main.replaceChildren(account.element);
    account.username.focus();
    return;
  }
  workspace = new Workspace({
    api: new Api(session),
    server,
    announced,
    onStatus: (status) => topbar.showConnection(status),
  });
  main.replaceChildren(workspace.element);
  workspace.start();
}

session.addEventListener("change", () => void show());
void show();
