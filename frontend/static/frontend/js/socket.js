// @ts-check
/**
 * The progress socket: one connection at a time, and another when it is lost.
 *
 * @typedef {"connecting"|"live"|"reconnecting"|"offline"} Status
 * @typedef {import("./connection.js").Position} Position
 */

import { backoff } from "./backoff.js";
import { Connection } from "./connection.js";
import { SignedOut } from "./sign_in.js";

const CLOSE = { unauthorized: 4401, signedOut: 4403, tooMany: 4429 };
const TOO_MANY_MS = 45_000;
/** After so long in the background the machine may have slept, and the socket be dead unnoticed. */
const STALE_AFTER_HIDDEN_MS = 60_000;

export class ProgressSocket {
  /** @type {Connection|null} */
  #connection = null;
  /** The number of the present try; what belongs to an earlier one has no effect any more. */
  #try = 0;
  #failures = 0;
  #hiddenSince = 0;
  #retryTimer = 0;
  #isRunning = false;
  /** @type {string|undefined} */
  #refused;

  /**
   * @param {object} parts
   * @param {import("./sign_in.js").SignIn} parts.signIn
   * @param {() => Position} parts.position the last event seen
   * @param {(message: import("server").FromServer, hello: Position) => void} parts.onMessage
   * @param {(status: Status) => void} parts.onStatus
   * @param {(failures: number) => void} parts.onFailure each time a connection was lost or refused
   */
  constructor({ signIn, position, onMessage, onStatus, onFailure }) {
    this.signIn = signIn;
    this.position = position;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.onFailure = onFailure;
  }

  start() {
    this.#isRunning = true;
    window.addEventListener("online", this.#wentOnline);
    window.addEventListener("offline", this.#wentOffline);
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    this.onStatus("connecting");
    void this.#connect();
  }

  stop() {
    this.#isRunning = false;
    window.removeEventListener("online", this.#wentOnline);
    window.removeEventListener("offline", this.#wentOffline);
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    this.#abandon();
  }

  /** Connect anew from the last event seen. */
  restart() {
    this.#abandon();
    this.#again(backoff(this.#failures++));
  }

  async #connect() {
    this.#abandon();
    const present = this.#try;
    let token = "";
    try {
      token = await this.signIn.accessToken(this.#refused);
    } catch (error) {
      // Signed out is the session's to announce; anything else is the network.
      const isPresent = present === this.#try && !(error instanceof SignedOut);
      if (isPresent) this.#failed(backoff(this.#failures));
      return;
    }
    if (present !== this.#try) return;
    this.#refused = undefined;
    this.#connection = new Connection({
      signIn: this.signIn,
      token,
      position: this.position,
      onReady: () => this.#ready(),
      onMessage: this.onMessage,
      onClosed: (code) => this.#closed(code, token),
    });
  }

  #ready() {
    this.#failures = 0;
    this.onStatus("live");
  }

  /** @param {number} code @param {string} token the one that the connection began with */
  #closed(code, token) {
    this.#connection = null;
    if (code === CLOSE.signedOut) {
      this.signIn.forget();
      return;
    }
    if (code === CLOSE.unauthorized) this.#refused = token;
    this.#failed(code === CLOSE.tooMany ? TOO_MANY_MS : backoff(this.#failures));
  }

  /** @param {number} waitMs */
  #failed(waitMs) {
    this.#failures += 1;
    this.#again(waitMs);
    this.onFailure(this.#failures);
  }

  /** @param {number} waitMs */
  #again(waitMs) {
    if (!this.#isRunning) return;
    this.onStatus(navigator.onLine ? "reconnecting" : "offline");
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#connect(), waitMs);
  }

  /** Let go of the present try and of its connection. */
  #abandon() {
    this.#try += 1;
    clearTimeout(this.#retryTimer);
    this.#connection?.close();
    this.#connection = null;
  }

  /** The old connection may be dead without knowing; a new one replays what it missed. */
  #wentOnline = () => void this.#connect();

  #wentOffline = () => this.onStatus("offline");

  #visibilityChanged = () => {
    if (document.hidden) {
      this.#hiddenSince = Date.now();
    } else if (!this.#connection || Date.now() - this.#hiddenSince > STALE_AFTER_HIDDEN_MS) {
      void this.#connect();
    }
  };
}
