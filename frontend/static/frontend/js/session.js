// @ts-check
/** Who is signed in in this browser: at most one sign-in at a time, the same in every tab. */

import { postJson } from "./api.js";
import { KEY, SignIn, readStored, writeStored } from "./sign_in.js";

export class Session extends EventTarget {
  /** The present sign-in; null while nobody is signed in. @type {SignIn|null} */
  current = null;

  /** Listen to storage; a `change` event tells of each new sign-in and of each end of one. */
  start() {
    window.addEventListener("storage", this.#storageChanged);
    this.#noticeChange();
  }

  stop() {
    window.removeEventListener("storage", this.#storageChanged);
    this.current?.stop();
    this.current = null;
  }

  /** Sign in; the error is the API's. @param {string} username @param {string} password */
  async signIn(username, password) {
    writeStored(await postJson("/api/token/", { username, password }), username);
    this.#noticeChange();
  }

  /** Make an account and sign in to it. @param {string} username @param {string} password */
  async register(username, password) {
    await postJson("/api/users/", { username, password });
    await this.signIn(username, password);
  }

  /** Forget the tokens here at once, and have the server refuse them everywhere. */
  async signOut() {
    const forgotten = this.forget();
    if (!forgotten) return;
    // Offline the tokens are forgotten all the same; unused, they end by themselves.
    await postJson("/api/token/blacklist/", { refresh: forgotten.refresh }).catch(() => {});
  }

  /** Forget the tokens here alone, as the server does by itself once an account is gone. */
  forget() {
    return this.current?.forget() ?? null;
  }

  #storageChanged = (/** @type {StorageEvent} */ { key }) => {
    if (key === KEY || key === null) this.#noticeChange();
  };

  #noticeChange() {
    const stored = readStored();
    if ((stored?.sid ?? null) === (this.current?.sid ?? null)) return;
    this.current?.stop();
    this.current = stored && new SignIn(stored.sid, stored.username, () => this.#noticeChange());
    this.dispatchEvent(new Event("change"));
  }
}
