// @ts-check
/** Puts the page together: who is signed in decides what is on it. */

import { forgetPlace } from "./address.js";
import { Api, metadata } from "./api.js";
import { delay } from "./backoff.js";
import { language, t } from "./language.js";
import { Session } from "./session.js";
import { Account } from "./view/account.js";
import { OpenedAccount } from "./view/opened_account.js";
import { Topbar } from "./view/topbar.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const header = /** @type {HTMLElement} */ (document.getElementById("topbar"));
const announced = /** @type {HTMLElement} */ (document.getElementById("announcer"));
const skip = /** @type {HTMLElement} */ (document.getElementById("skip"));
document.documentElement.lang = language;
skip.textContent = t("page.skip");

const SETTLED_MS = 2_000;
/** How long the page waits to hear about its server before it is shown without. */
const ABOUT_MS = 3_000;

const session = new Session();
const topbar = new Topbar(header, () => void signOut(), () => opened?.open());
/** @type {Promise<Partial<import("./api.js").Metadata>>|null} */
let about = null;
/** @type {import("./view/workspace.js").Workspace|null} */
let workspace = null;
/** The account of who is signed in. @type {OpenedAccount|null} */
let opened = null;
/** The page of who is not. @type {Account|null} */
let signInPage = null;
/** What to say there. */
let farewell = "";
/** Whose photos this tab has shown last. @type {string|null} */
let lastUser = null;
/** Whether who is signed in here is just leaving. */
let isLeaving = false;

/** What anybody may know about this server, asked for once; what does not come in time is missing.
 * @returns {Promise<Partial<import("./api.js").Metadata>>} */
function aboutServer() {
  about ??= metadata().catch(() => {
    about = null;
    return {};
  });
  return Promise.race([about, delay(ABOUT_MS).then(() => ({}))]);
}

async function show() {
  workspace?.stop();
  opened?.stop();
  const wasSignIn = signInPage;
  workspace = opened = signInPage = null;
  main.replaceChildren();
  const signIn = session.current;
  topbar.showUser(signIn?.username ?? null);
  const [server, signedIn] = await Promise.all([aboutServer(), signIn && import("./view/workspace.js")]);
  // Signed in or out meanwhile: that change shows its own page.
  if (session.current !== signIn) return;
  if (signIn === null || signedIn === null) {
    // In another tab or on another device, or the sign-in has expired: nobody did it here.
    if (lastUser !== null && !isLeaving) farewell ||= t("account.signed_out");
    isLeaving = false;
    signInPage = new Account(session, server.registration_open ?? true);
    main.replaceChildren(signInPage.element);
    signInPage.username.focus();
    sayFarewell();
    return;
  }
  // Signed out by another tab, this one may still name what somebody else looked at.
  if (lastUser !== null && lastUser !== signIn.username) forgetPlace();
  lastUser = signIn.username;
  const api = new Api(signIn);
  workspace = new signedIn.Workspace({
    api,
    server,
    announced,
    onStatus: (status) => topbar.showConnection(status),
  });
  main.replaceChildren(workspace.element);
  if (wasSignIn) main.focus();
  workspace.start();
  const { warn } = workspace;
  opened = new OpenedAccount({ api, onSignOut: signOut, onDeleted: accountDeleted, onError: warn });
  opened.start();
}

async function signOut() {
  const question = workspace?.question;
  if (question && !window.confirm(question)) return;
  isLeaving = true;
  await forgetUser();
  await session.signOut();
}

async function accountDeleted() {
  farewell = t("delete.done");
  await forgetUser();
  session.forget();
  sayFarewell();
}

/** Once there is a page to say it on. */
function sayFarewell() {
  if (!signInPage || !farewell) return;
  signInPage.say(farewell);
  farewell = "";
}

async function forgetUser() {
  // What was looked at is of no use to who comes next.
  forgetPlace();
  // What the browser or the network keeps waiting keeps nobody signed in.
  await Promise.race([workspace?.settle(), delay(SETTLED_MS)]);
}

session.addEventListener("change", () => void show());
// It takes what is shared with the page; browsers offer it on HTTPS and localhost alone.
navigator.serviceWorker?.register("/service-worker.js", { scope: "/share" }).catch(() => {});
session.start();
if (session.current === null) void show();
