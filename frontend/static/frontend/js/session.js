// @ts-check
/**
 * Who is signed in: the pair of tokens in local storage, shared by all tabs.
 *
 * A refresh token works once. Tabs therefore renew under one lock and read storage again inside
 * it: whoever comes second finds the first one's fresh pair and has nothing left to do.
 *
 * @typedef {{access: string, refresh: string, username: string, expiresAt: number}} Stored
 */

import { answer } from "./answers.js";

const KEY = "darkroom.session";
const EARLY_MS = 30_000;

/** Signed out: there are no tokens, or the server refused to renew them. */
export class SignedOut extends Error {}

export class Session extends EventTarget {
  /** @type {Promise<string>|null} */
  #renewal = null;
  #username = this.#read()?.username ?? null;

  constructor() {
    super();
    window.addEventListener("storage", (event) => {
      if (event.key === KEY || event.key === null) this.#noticeChange();
    });
  }

  /** The signed-in user's name, or null. */
  get username() {
    return this.#read()?.username ?? null;
  }

  /** Sign in; the error is the API's. @param {string} username @param {string} password */
  async signIn(username, password) {
    const pair = await postJson("/api/token/", { username, password });
    this.#write(pair, username);
  }

  /** Make an account and sign in to it. @param {string} username @param {string} password */
  async register(username, password) {
    await postJson("/api/users/", { username, password });
    await this.signIn(username, password);
  }

  /** Forget the tokens here at once, and have the server refuse them everywhere. */
  async signOut() {
    const stored = this.#read();
    localStorage.removeItem(KEY);
    this.#noticeChange();
    // Offline the tokens are forgotten all the same; unused, they end by themselves.
    if (stored) await postJson("/api/token/blacklist/", { refresh: stored.refresh }).catch(() => {});
  }

  /** Forget tokens that the server has refused already. */
  drop() {
    localStorage.removeItem(KEY);
    this.#noticeChange();
  }

  /**
   * An access token good for at least half a minute.
   * @param {string} [refused] a token the server refused, so that it isn't offered again
   * @returns {Promise<string>} rejects with SignedOut, or with the network's error
   */
  async accessToken(refused) {
    const stored = this.#read();
    if (!stored) throw new SignedOut();
    if (this.#isGood(stored, refused)) return stored.access;
    this.#renewal ??= this.#renew(refused).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** A token renewed now unless another tab has just done so: to prolong an open socket.
   * @param {number} untilMs how long it must be good for, in milliseconds */
  async tokenLasting(untilMs) {
    const stored = this.#read();
    if (!stored) throw new SignedOut();
    if (stored.expiresAt - Date.now() > untilMs) return stored.access;
    return this.accessToken(stored.access);
  }

  /** @param {string|undefined} refused */
  #renew(refused) {
    const renew = async () => {
      const stored = this.#read();
      if (!stored) throw new SignedOut();
      if (this.#isGood(stored, refused)) return stored.access;
      try {
        const pair = await postJson("/api/token/refresh/", { refresh: stored.refresh });
        // Signing out in another tab while this was on its way must not be undone.
        if (!this.#read()) throw new SignedOut();
        this.#write(pair, stored.username);
        return pair.access;
      } catch (error) {
        const now = this.#read();
        // Without locks another tab may have used the token first; its pair is in storage.
        if (now && now.refresh !== stored.refresh) return now.access;
        if (error.status === 401 || error.status === 403) {
          this.drop();
          throw new SignedOut();
        }
        throw error;
      }
    };
    // Browsers offer locks on HTTPS and localhost alone.
    return navigator.locks ? navigator.locks.request(KEY, renew) : renew();
  }

  /** @param {Stored} stored @param {string|undefined} refused */
  #isGood(stored, refused) {
    return stored.access !== refused && stored.expiresAt - Date.now() > EARLY_MS;
  }

  /** @returns {Stored|null} */
  #read() {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {{access: string, refresh: string}} pair @param {string} username */
  #write(pair, username) {
    const { access, refresh } = pair;
    const expiresAt = Date.now() + lifetimeMs(access);
    localStorage.setItem(KEY, JSON.stringify({ access, refresh, username, expiresAt }));
    this.#noticeChange();
  }

  #noticeChange() {
    const { username } = this;
    if (username === this.#username) return;
    this.#username = username;
    this.dispatchEvent(new Event("change"));
  }
}

/** How long a token lives by its own account, so that a wrong local clock does no harm.
 * @param {string} token */
function lifetimeMs(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const { exp, iat } = JSON.parse(atob(payload));
  return (exp - iat) * 1000;
}

/** @param {string} path @param {object} body @returns {Promise<any>} */
async function postJson(path, body) {
  return answer(
    await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}
