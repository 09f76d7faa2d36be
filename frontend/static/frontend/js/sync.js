// @ts-check
/**
 * Keeps the store true: the socket, REST, and the order between them.
 *
 * The socket says `ready` with seq N before anything is read by REST, and every event after N is
 * delivered. So whatever REST reads afterwards is at least as new as N, and what changes while it
 * is being read arrives as an event: nothing falls between the two. Read the other way round, a
 * change after the REST read and before N would be in neither.
 */

import { ApiError } from "./answers.js";
import { backoff, delay } from "./backoff.js";
import { History } from "./history.js";
import { predictionsToRead, uploadsToRead } from "./selectors.js";
import { ProgressSocket } from "./socket.js";
import { initialState, isGap, reduce } from "./store.js";

/** So long the socket may take before the page is shown without it. */
const SOCKET_WITHIN_MS = 1_500;
/** The 202 of this page's own upload mostly follows its event at once; then nothing need be read. */
const READ_AFTER_MS = 300;

export class Sync {
  state = initialState();
  /** Address of the next older page, null where there is none. @type {string|null} */
  older = null;
  /** @type {Set<() => void>} */
  #subscribers = new Set();
  #frame = 0;
  #readTimer = 0;
  #loadTimer = 0;
  #life = new AbortController();
  #loads = new AbortController();
  /** Which photos are read, as a query. */
  #query = "";

  /** @param {import("./api.js").Api} api
   * @param {(status: import("./socket.js").Status) => void} onStatus
   * @param {() => void} [onModels] told that the server has other models than before */
  constructor(api, onStatus, onModels = () => {}) {
    this.api = api;
    this.onModels = onModels;
    this.history = new History(api, (predictions) =>
      this.dispatch({ type: "snapshot", predictions }),
    );
    this.socket = new ProgressSocket({
      signIn: api.signIn,
      position: () => ({ epoch: this.state.epoch, after: this.state.seq }),
      onMessage: (message, hello) => this.#onMessage(message, hello),
      onStatus,
      onFailure: (failures) => failures > 1 && void this.#catchUp(),
    });
  }

  /** @param {string} [query] which photos are read first, see `show` */
  start(query = "") {
    this.#query = query;
    this.socket.start();
    this.#loadTimer = setTimeout(() => void this.load(), SOCKET_WITHIN_MS);
  }

  stop() {
    this.#life.abort();
    this.socket.stop();
    this.#loads.abort();
    clearTimeout(this.#loadTimer);
    clearTimeout(this.#readTimer);
    cancelAnimationFrame(this.#frame);
    this.#subscribers.clear();
  }

  /** Be told of changes, at most once a frame. @param {() => void} subscriber */
  subscribe(subscriber) {
    this.#subscribers.add(subscriber);
  }

  /** @param {import("./store.js").Message} message */
  dispatch(message) {
    if (this.#life.signal.aborted) return;
    if (message.type === "reset") this.history.forget();
    const before = this.state;
    this.state = reduce(before, message);
    if (this.state === before) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const subscriber of this.#subscribers) subscriber();
    });
    const isCut = message.type === "event" && "truncated" in message.data;
    if (uploadsToRead(this.state).length || isCut) this.#readSoon();
  }

  /** Read the photos of this query from now on. @param {string} query of the list of images */
  async show(query) {
    if (query === this.#query) return;
    this.#query = query;
    this.older = null;
    await this.load();
  }

  /** Read the newest page; what was being read before is given up. */
  async load() {
    clearTimeout(this.#loadTimer);
    this.#loads.abort();
    this.#loads = new AbortController();
    const signal = AbortSignal.any([this.#loads.signal, this.#life.signal]);
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#readPage(null, signal);
        this.dispatch({ type: "loaded" });
        return;
      } catch (error) {
        if (signal.aborted || (error instanceof ApiError && !error.isPassing)) return;
        await delay(backoff(failures), signal);
      }
    }
  }

  /** Read the next older page; one that is given up for another query is no error.
   * @param {number} [size] photos in it, if not as many as in the one before */
  async loadOlder(size) {
    const { signal } = this.#loads;
    if (!this.older) return;
    const address = new URL(this.older, location.origin);
    if (size) address.searchParams.set("page_size", String(size));
    try {
      await this.#readPage(address.href, signal);
    } catch (error) {
      if (!signal.aborted && !this.#life.signal.aborted) throw error;
    }
  }

  /** @param {string|null} address @param {AbortSignal} signal */
  async #readPage(address, signal) {
    const page = await this.api.images(address, this.#query, signal);
    if (signal.aborted) return;
    this.older = page.next;
    const whole = page.results.filter(({ runs, runs_count: count }) => runs.length >= count);
    this.history.skip(whole.map(({ id }) => id));
    this.dispatch({ type: "snapshot", images: page.results });
  }

  /** @param {import("server").FromServer} message @param {import("./socket.js").Position} hello */
  #onMessage(message, hello) {
    if (isGap(this.state, message)) {
      this.socket.restart();
      return;
    }
    if (message.type === "models.changed") this.onModels();
    const isTimed = message.type === "progress" && message.eta_ms !== undefined;
    // A duration means nothing later on; the moment it ends at does.
    this.dispatch(isTimed ? { ...message, ready_at: Date.now() + (message.eta_ms ?? 0) } : message);
    const isFresh = message.type === "ready" && hello.after === null;
    if (isFresh || message.type === "reset") void this.load();
  }

  /** Without a socket, the same events by REST: later, but never missed. */
  async #catchUp() {
    if (this.#life.signal.aborted) return;
    const { epoch, seq } = this.state;
    if (epoch === null || seq === null) {
      await this.load();
      return;
    }
    const answered = await this.api.events(seq).catch(() => null);
    if (!answered || this.state.seq !== seq) return;
    if (answered.epoch !== epoch || answered.seq < seq) {
      this.dispatch({ type: "reset", epoch: answered.epoch, seq: answered.seq });
      await this.load();
      return;
    }
    for (const event of answered.results) this.dispatch(event);
  }

  #readSoon() {
    if (this.#life.signal.aborted) return;
    this.#readTimer ||= setTimeout(() => void this.#read(), READ_AFTER_MS);
  }

  /** Read what events announced without bringing it. */
  async #read() {
    for (const id of uploadsToRead(this.state)) {
      await this.#readOne(
        () => this.api.upload(id),
        (upload) => ({ type: "snapshot", uploads: [upload] }),
        () => ({ type: "removed", upload: id }),
      );
    }
    for (const id of predictionsToRead(this.state)) {
      const known = this.state.predictions.get(id);
      if (!known) continue;
      await this.#readOne(
        () => this.api.prediction(id),
        (prediction) => ({ type: "snapshot", predictions: [prediction] }),
        () => ({ type: "removed", upload: known.upload }),
      );
    }
    this.#readTimer = 0;
    if (uploadsToRead(this.state).length) this.#readSoon();
  }

  /** @template Answer @param {() => Promise<Answer>} read
   * @param {(answered: Answer) => import("./store.js").Message} found
   * @param {() => import("./store.js").Message} gone */
  async #readOne(read, found, gone) {
    try {
      this.dispatch(found(await read()));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.dispatch(gone());
      else await delay(backoff(3), this.#life.signal);
    }
  }
}
