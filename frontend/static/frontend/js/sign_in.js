// @ts-check
/**
 * One sign-in: its pair of tokens in local storage, which all tabs share.
 *
 * Storage may come to hold another sign-in's tokens at any moment: somebody signs out here or in
 * another tab, and somebody else signs in. So a sign-in reads and writes its own pair alone; what
 * is asked of it afterwards ends as SignedOut, and an answer that comes late changes nothing.
 *
 * A refresh token works once. Tabs therefore renew under one lock and read storage again inside
 * it: whoever comes second finds the first one's fresh pair and has nothing left to do.
 *
 * @typedef {import("server").TokenPair & {username: string, expiresAt: number}} Stored
 */

import { postJson } from "./api.js";

export const KEY = "darkroom.session";
const EARLY_MS = 30_000;

/** Signed out: there are no tokens, or the server refused to renew them. */
export class SignedOut extends Error {}

export class SignIn {
  #life = new AbortController();
  /** @type {Promise<string>|null} */
  #renewal = null;

  /** @param {string} sid @param {string} username
   * @param {() => void} onForgotten told when its tokens have gone from storage */
  constructor(sid, username, onForgotten) {
    this.sid = sid;
    this.username = username;
    this.onForgotten = onForgotten;
  }

  /** Aborted once this sign-in has ended here. */
  get signal() {
    return this.#life.signal;
  }

  /** Answer nobody any more. */
  stop() {
    this.#life.abort();
  }

  /** Forget its tokens, here and in every tab. @returns {Stored|null} what was forgotten */
  forget() {
    const stored = this.#read();
    if (stored) localStorage.removeItem(KEY);
    this.onForgotten();
    return stored;
  }

  /**
   * An access token good for at least half a minute.
   * @param {string} [refused] a token the server refused, so that it isn't offered again
   * @returns {Promise<string>} rejects with SignedOut, or with the network's error
   */
  async accessToken(refused) {
    const stored = this.#own();
    if (isGood(stored, refused)) return stored.access;
    this.#renewal ??= this.#renewAlone(refused).finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** A token renewed now unless another tab has just done so: to prolong an open socket.
   * @param {number} untilMs how long it must be good for, in milliseconds */
  async tokenLasting(untilMs) {
    const stored = this.#own();
    if (stored.expiresAt - Date.now() > untilMs) return stored.access;
    return this.accessToken(stored.access);
  }

  /** @param {string|undefined} refused @returns {Promise<string>} */
  async #renewAlone(refused) {
    const renew = () => this.#renew(refused);
    // Browsers offer locks on HTTPS and localhost alone.
    return navigator.locks ? await navigator.locks.request(KEY, renew) : renew();
  }

  /** @param {string|undefined} refused */
  async #renew(refused) {
    const stored = this.#own();
    if (isGood(stored, refused)) return stored.access;
    let pair;
    try {
      pair = await postJson("/api/token/refresh/", { refresh: stored.refresh });
    } catch (error) {
      const now = this.#own();
      // Without locks another tab may have used the token first; its pair is in storage.
      if (now.refresh !== stored.refresh) return now.access;
      if (error.status !== 401 && error.status !== 403) throw error;
      this.forget();
      throw new SignedOut();
    }
    // Signed out while this was on its way, nothing is written: that ended the new pair too.
    if (this.#read()?.refresh === stored.refresh) writeStored(pair, this.username);
    return this.#own().access;
  }

  /** @returns {Stored} throws SignedOut where storage has no pair of this sign-in */
  #own() {
    const stored = this.signal.aborted ? null : this.#read();
    if (!stored) throw new SignedOut();
    return stored;
  }

  #read() {
    const stored = readStored();
    return stored?.sid === this.sid ? stored : null;
  }
}

/** The pair in storage and the sign-in it belongs to; null where nobody is signed in.
 * @returns {(Stored & {sid: string})|null} */
export function readStored() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return stored && { ...stored, sid: claims(stored.access).sid };
  } catch {
    return null;
  }
}

/** @param {import("server").TokenPair} pair @param {string} username */
export function writeStored({ access, refresh }, username) {
  const { exp, iat } = claims(access);
  // How long it lives by its own account, so that a wrong local clock does no harm.
  const expiresAt = Date.now() + (exp - iat) * 1000;
  localStorage.setItem(KEY, JSON.stringify({ access, refresh, username, expiresAt }));
}

/** @param {Stored} stored @param {string|undefined} refused */
const isGood = (stored, refused) =>
  stored.access !== refused && stored.expiresAt - Date.now() > EARLY_MS;

/** What a token says of itself. @param {string} token
 * @returns {{exp: number, iat: number, sid: string}} times in seconds */
function claims(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload));
}
