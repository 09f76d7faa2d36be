// @ts-check
/**
 * The progress socket: says hello, keeps the token fresh, acknowledges, and comes back.
 *
 * @typedef {"connecting"|"live"|"reconnecting"|"offline"} Status
 * @typedef {{epoch: string|null, after: number|null}} Position
 */

import { backoff } from "./backoff.js";
import { SignedOut } from "./session.js";

const CLOSE = { unauthorized: 4401, signedOut: 4403, tooMany: 4429 };
const READY_WITHIN_MS = 10_000;
const ACK_EVENTS = 32;
const ACK_MS = 1_000;
const TOO_MANY_MS = 45_000;
const EXPIRING_MS = 90_000;
/** After so long in the background the machine may have slept, and the socket be dead unnoticed. */
const STALE_AFTER_HIDDEN_MS = 60_000;

export class ProgressSocket {
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #events = 0;
  #hiddenSince = 0;
  #ackTimer = 0;
  #retryTimer = 0;
  #readyTimer = 0;
  #isStopped = true;
  #token = "";
  /** @type {string|undefined} */
  #refused;

  /**
   * @param {object} parts
   * @param {import("./session.js").Session} parts.session
   * @param {() => Position} parts.position the last event seen
   * @param {(message: any, hello: Position) => void} parts.onMessage
   * @param {(status: Status) => void} parts.onStatus
   * @param {(failures: number) => void} parts.onFailure each time a connection was lost or refused
   */
  constructor({ session, position, onMessage, onStatus, onFailure }) {
    this.session = session;
    this.position = position;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.onFailure = onFailure;
  }

  start() {
    this.#isStopped = false;
    window.addEventListener("online", this.#wentOnline);
    window.addEventListener("offline", this.#wentOffline);
    document.addEventListener("visibilitychange", this.#visibilityChanged);
    this.onStatus("connecting");
    void this.#connect();
  }

  stop() {
    this.#isStopped = true;
    window.removeEventListener("online", this.#wentOnline);
    window.removeEventListener("offline", this.#wentOffline);
    document.removeEventListener("visibilitychange", this.#visibilityChanged);
    clearTimeout(this.#retryTimer);
    this.#abandon();
  }

  /** Connect anew from the last event seen. */
  restart() {
    this.#abandon();
    this.#again(backoff(this.#failures++));
  }

  async #connect() {
    clearTimeout(this.#retryTimer);
    this.#abandon();
    try {
      this.#token = await this.session.accessToken(this.#refused);
    } catch (error) {
      // Signed out is the session's to announce; anything else is the network.
      if (!(error instanceof SignedOut)) this.#failed(backoff(this.#failures));
      return;
    }
    if (this.#isStopped) return;
    this.#refused = undefined;
    const address = new URL("/ws/progress/", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, "darkroom.v1");
    this.#socket = socket;
    const hello = this.position();
    socket.onopen = () => this.#send({ type: "hello", token: this.#token, ...hello });
    socket.onmessage = ({ data }) => this.#received(JSON.parse(data), hello);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#readyTimer = setTimeout(() => this.restart(), READY_WITHIN_MS);
  }

  /** @param {any} message @param {Position} hello */
  #received(message, hello) {
    if (message.type === "ready") {
      clearTimeout(this.#readyTimer);
      this.#failures = 0;
      this.onStatus("live");
    }
    if (message.type === "auth.expiring") void this.#renew();
    this.onMessage(message, hello);
    if (message.type === "event") this.#countEvent();
  }

  async #renew() {
    const socket = this.#socket;
    const token = await this.session.tokenLasting(EXPIRING_MS).catch(() => null);
    if (token && socket === this.#socket) this.#send({ type: "auth", token });
  }

  #countEvent() {
    this.#events += 1;
    if (this.#events >= ACK_EVENTS) this.#acknowledge();
    else this.#ackTimer ||= setTimeout(() => this.#acknowledge(), ACK_MS);
  }

  #acknowledge() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    this.#events = 0;
    this.#send({ type: "ack", seq: this.position().after });
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {number} code */
  #closed(code) {
    this.#abandon();
    if (code === CLOSE.signedOut) {
      this.session.drop();
      return;
    }
    if (code === CLOSE.unauthorized) this.#refused = this.#token;
    this.#failed(code === CLOSE.tooMany ? TOO_MANY_MS : backoff(this.#failures));
  }

  /** @param {number} waitMs */
  #failed(waitMs) {
    if (this.#isStopped) return;
    this.#failures += 1;
    this.#again(waitMs);
    this.onFailure(this.#failures);
  }

  /** @param {number} waitMs */
  #again(waitMs) {
    if (this.#isStopped) return;
    this.onStatus(navigator.onLine ? "reconnecting" : "offline");
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.#connect(), waitMs);
  }

  /** Let go of the present connection without hearing from it again. */
  #abandon() {
    clearTimeout(this.#readyTimer);
    clearTimeout(this.#ackTimer);
    this.#ackTimer = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** The old connection may be dead without knowing; a new one replays what it missed. */
  #wentOnline = () => void this.#connect();

  #wentOffline = () => this.onStatus("offline");

  #visibilityChanged = () => {
    if (document.hidden) {
      this.#hiddenSince = Date.now();
    } else if (!this.#socket || Date.now() - this.#hiddenSince > STALE_AFTER_HIDDEN_MS) {
      void this.#connect();
    }
  };
}
