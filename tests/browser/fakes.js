// @ts-check
/** Fakes of what the page's modules stand on: the clock, storage, `fetch` and `WebSocket`. */

const turn = globalThis.setTimeout;

/** Lets everything that waits for promises alone go on. */
export const settled = () => new Promise((resolve) => turn(resolve, 0));

/** Time that passes only when told. */
export class FakeClock {
  now = 1_800_000_000_000;
  /** @type {Map<number, {at: number, run: () => void}>} */
  #timers = new Map();
  #last = 0;

  setTimeout = (/** @type {() => void} */ run, ms = 0) => {
    this.#last += 1;
    this.#timers.set(this.#last, { at: this.now + ms, run });
    return this.#last;
  };

  clearTimeout = (/** @type {number} */ id) => void this.#timers.delete(id);

  /** How many timers are waiting. */
  get waiting() {
    return this.#timers.size;
  }

  /** @param {number} ms */
  async pass(ms) {
    const end = this.now + ms;
    await settled();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      if (due.length === 0) break;
      const [id, { at, run }] = due.reduce((a, b) => (b[1].at < a[1].at ? b : a));
      this.#timers.delete(id);
      this.now = at;
      run();
      await settled();
    }
    this.now = end;
  }
}

export class FakeStorage {
  /** @type {Map<string, string>} */
  #items = new Map();

  /** @param {string} key */
  getItem = (key) => this.#items.get(key) ?? null;

  /** @param {string} key @param {string} value */
  setItem = (key, value) => void this.#items.set(key, value);

  /** @param {string} key */
  removeItem = (key) => void this.#items.delete(key);
}

/** A server whose answers are given by the test, when it likes. */
export class FakeServer {
  /** What was asked and is not answered yet.
   * @type {{path: string, body: any, token: string|null,
   *   answer: (status: number, body: object) => Promise<void>}[]} */
  calls = [];

  fetch = (/** @type {string} */ path, /** @type {any} */ { body, headers = {}, signal } = {}) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const call = {
        path,
        body: body ? JSON.parse(body) : null,
        token: headers.Authorization?.replace("Bearer ", "") ?? null,
        answer: (/** @type {number} */ status, /** @type {object} */ answered) => {
          this.calls = this.calls.filter((each) => each !== call);
          const ok = status >= 200 && status < 300;
          const text = async () => JSON.stringify(answered);
          resolve(/** @type {any} */ ({ ok, status, text, headers: new Headers() }));
          return settled();
        },
      };
      signal?.addEventListener("abort", () => {
        this.calls = this.calls.filter((each) => each !== call);
        reject(signal.reason);
      });
      this.calls.push(call);
    });

  /** The one call to this path that waits for its answer. @param {string} path */
  call(path) {
    const found = this.calls.filter((each) => each.path === path);
    if (found.length !== 1) throw new Error(`${found.length} calls to ${path}`);
    return found[0];
  }
}

export class FakeSocket {
  static OPEN = 1;
  /** @type {FakeSocket[]} */
  static all = [];

  /** Those that nobody has closed. */
  static get living() {
    return FakeSocket.all.filter((each) => each.readyState < 2);
  }

  readyState = 0;
  /** @type {any[]} */
  sent = [];
  /** @type {(() => void)|null} */
  onopen = null;
  /** @type {((event: {data: string}) => void)|null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void)|null} */
  onclose = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The server takes the connection and answers the hello. @param {object} [ready] */
  accept(ready = { epoch: "e1", seq: 0 }) {
    this.readyState = 1;
    this.onopen?.();
    this.tell({ type: "ready", ...ready });
  }

  /** @param {object} message */
  tell(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The connection ends, whoever may have closed it before. @param {number} code */
  end(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** Where files are kept over a reload: here, over the life of one uploader and on to the next. */
export class FakeTray {
  /** @type {Map<string, any>} */
  kept = new Map();
  hasRoom = true;

  /** @param {any} batch */
  keep = async ({ key, items, request, choice, state }) => {
    const files = items.map((/** @type {any} */ { file }) => file);
    const kept = { key, files, request, choice: { ...choice, answer: null }, isAsked: state === "asked" };
    if (this.hasRoom) this.kept.set(key, kept);
    return this.hasRoom;
  };

  /** @param {string} key */
  forget = async (key) => void this.kept.delete(key);
  take = async () => [...this.kept.values()];
  clear = async () => this.kept.clear();
  stop = () => {};
}

/** What the server has already, by name. */
export class FakeKnown {
  isAway = false;
  /** @type {(() => void)[]|null} */
  #held = null;

  /** @param {Record<string, number>} [ids] image ids by name */
  constructor(ids = {}) {
    this.ids = ids;
  }

  /** @param {File[]} files @returns {Promise<Map<File, any>>} */
  find = async (files) => {
    if (this.#held) await new Promise((go) => this.#held?.push(() => go(null)));
    if (this.isAway) throw new TypeError("network");
    const known = files.filter(({ name }) => name in this.ids);
    return new Map(known.map((file) => [file, { images: [{ id: this.ids[file.name] }], isDone: true }]));
  };

  /** Give no answers for now. */
  hold() {
    this.#held = [];
  }

  letOneGo() {
    this.#held?.shift()?.();
    return settled();
  }

  letAllGo() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
    return settled();
  }
}

/** Puts fresh fakes in the place of the browser's own. */
export function fakes() {
  const clock = new FakeClock();
  const storage = new FakeStorage();
  const server = new FakeServer();
  FakeSocket.all = [];
  const replace = (/** @type {any} */ owner, /** @type {string} */ name, /** @type {any} */ value) =>
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  replace(globalThis, "setTimeout", clock.setTimeout);
  replace(globalThis, "clearTimeout", clock.clearTimeout);
  replace(Date, "now", () => clock.now);
  replace(globalThis, "localStorage", storage);
  replace(globalThis, "fetch", server.fetch);
  replace(globalThis, "WebSocket", FakeSocket);
  replace(navigator, "locks", undefined);
  return { clock, storage, server };
}

/** A pair of tokens as the server makes them, good for 15 minutes.
 * @param {string} sid @param {number} [number] to tell pairs of one sign-in apart */
export function pair(sid, number = 1) {
  const claims = btoa(JSON.stringify({ iat: 0, exp: 900, sid, number }));
  return { access: `a.${claims}.${sid}-${number}`, refresh: `refresh-${sid}-${number}` };
}
