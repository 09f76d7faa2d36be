// @ts-check
/**
 * One socket from its hello to its end: keeps its token fresh and acknowledges what came. Once it
 * is closed here, nothing of it is heard any more, whatever the browser still delivers.
 *
 * @typedef {{epoch: string|null, after: number|null}} Position
 */

const READY_WITHIN_MS = 10_000;
const ACK_EVENTS = 32;
const ACK_MS = 1_000;
const EXPIRING_MS = 90_000;

/** The close code of a connection that was given up here, in place of the server's. */
const NOT_READY = 0;

export class Connection {
  #isClosed = false;
  #events = 0;
  #ackTimer = 0;
  #readyTimer = 0;

  /**
   * @param {object} parts
   * @param {import("./sign_in.js").SignIn} parts.signIn
   * @param {string} parts.token
   * @param {() => Position} parts.position the last event seen
   * @param {() => void} parts.onReady
   * @param {(message: import("server").FromServer, hello: Position) => void} parts.onMessage
   * @param {(code: number) => void} parts.onClosed told of an end that was not asked for
   */
  constructor({ signIn, token, position, onReady, onMessage, onClosed }) {
    this.signIn = signIn;
    this.position = position;
    this.onReady = onReady;
    this.onMessage = onMessage;
    this.onClosed = onClosed;
    const hello = position();
    const address = new URL("/ws/progress/", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address, "darkroom.v1");
    this.socket.onopen = () => this.#send({ type: "hello", token, ...hello, models: true });
    this.socket.onmessage = ({ data }) => this.#received(JSON.parse(data), hello);
    this.socket.onclose = ({ code }) => this.#ended(code);
    this.#readyTimer = setTimeout(() => this.#ended(NOT_READY), READY_WITHIN_MS);
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#readyTimer);
    clearTimeout(this.#ackTimer);
    this.socket.close();
  }

  /** @param {number} code */
  #ended(code) {
    if (this.#isClosed) return;
    this.close();
    this.onClosed(code);
  }

  /** @param {import("server").FromServer} message @param {Position} hello */
  #received(message, hello) {
    if (this.#isClosed) return;
    if (message.type === "ready") {
      clearTimeout(this.#readyTimer);
      this.onReady();
    }
    if (message.type === "auth.expiring") void this.#renew();
    this.onMessage(message, hello);
    if (message.type === "event" && !this.#isClosed) this.#countEvent();
  }

  async #renew() {
    const token = await this.signIn.tokenLasting(EXPIRING_MS).catch(() => null);
    if (token) this.#send({ type: "auth", token });
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
    const { after: seq } = this.position();
    if (seq !== null) this.#send({ type: "ack", seq });
  }

  /** @param {import("server").ToServer} message */
  #send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
