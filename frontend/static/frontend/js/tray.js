// @ts-check
/**
 * Files that are not with the server yet, kept by the browser with the keys that they are sent under:
 * after a reload, a crash or a day they are sent on, and what the server had already is not sent anew.
 *
 * @typedef {import("./batch.js").Batch} Batch
 * @typedef {{key: string, user: string, files: File[], request: import("./batch.js").Request,
 *   place: number, choice?: import("./batch.js").Choice, isAsked?: boolean}} Kept `place` among all,
 *   in order; `isAsked`: whether the server has them already is to be looked up before they are sent.
 *   Of the others nothing is known but their key: the server may have had them
 */

const STORE = "batches";

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Tray {
  /** @type {Promise<IDBDatabase>|null} */
  #database = null;
  /** What gives up the lock of each that is held here. @type {Map<string, () => void>} */
  #held = new Map();
  #isCleared = false;
  #place = 0;

  /** @param {string} user whose files they are @param {string} [name] the database's */
  constructor(user, name = "darkroom") {
    this.user = user;
    this.name = name;
  }

  /** Keep a batch until it is forgotten. @param {Batch} batch
   * @returns {Promise<boolean>} whether there was room */
  async keep(batch) {
    const { key, request, choice } = batch;
    const place = this.#nextPlace();
    try {
      await this.#hold(key);
      const files = batch.items.map(({ file }) => file);
      const isAsked = batch.state === "asked";
      const kept = { key, user: this.user, files, request, place, choice: { ...choice, answer: null }, isAsked };
      await this.#write((store) => store.put(kept));
      if (!this.#isCleared) return true;
      await this.forget(key);
      return false;
    } catch {
      // Blocked or full: the files are sent all the same, and leaving the page asks first.
      this.#release(key);
      return false;
    }
  }

  /** @param {string} key */
  async forget(key) {
    try {
      await this.#write((store) => store.delete(key));
    } catch {
      // Where nothing can be written nothing was kept.
    }
    this.#release(key);
  }

  /** This user's that no other tab is sending; those are held here from now on.
   * @returns {Promise<Kept[]>} */
  async take() {
    try {
      const kept = await this.#mine();
      const isMine = await Promise.all(kept.map(({ key }) => this.#hold(key)));
      return kept.filter((_, index) => isMine[index]);
    } catch {
      return [];
    }
  }

  /** Forget all of this user's, and keep nothing more. */
  async clear() {
    this.#isCleared = true;
    const kept = await this.#mine().catch(() => []);
    await Promise.all(kept.map(({ key }) => this.forget(key)));
  }

  /** Leave them to other tabs, and to who signs in next. */
  stop() {
    for (const key of [...this.#held.keys()]) this.#release(key);
    void this.#database?.then((database) => database.close());
    this.#database = null;
  }

  /** @returns {Promise<Kept[]>} */
  async #mine() {
    const all = await answered((await this.#open("readonly")).getAll());
    // Those of earlier releases have no place.
    const inOrder = all.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0));
    return inOrder.filter(({ user }) => user === this.user);
  }

  /** Later ones come after earlier ones, those of another visit too. */
  #nextPlace() {
    this.#place = Math.max(this.#place + 1, Date.now());
    return this.#place;
  }

  /** Done once it is on the disk: that there is no room for files shows only then.
   * @param {(store: IDBObjectStore) => void} change */
  async #write(change) {
    const store = await this.#open("readwrite");
    const written = new Promise((resolve, reject) => {
      store.transaction.oncomplete = resolve;
      store.transaction.onabort = reject;
    });
    change(store);
    await written;
  }

  /** @param {IDBTransactionMode} mode */
  async #open(mode) {
    this.#database ??= this.#connect();
    return (await this.#database).transaction(STORE, mode).objectStore(STORE);
  }

  #connect() {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    return answered(request);
  }

  /** Be the one tab that sends it; browsers offer locks on HTTPS and localhost alone, and elsewhere
   * the key alone keeps it from being stored twice.
   * @param {string} key @returns {Promise<boolean>} */
  #hold(key) {
    if (!navigator.locks || this.#held.has(key)) return Promise.resolve(true);
    return new Promise((resolve) => {
      void navigator.locks.request(`${this.name}.batch.${key}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => this.#held.set(key, () => release(undefined)));
      });
    });
  }

  /** @param {string} key */
  #release(key) {
    this.#held.get(key)?.();
    this.#held.delete(key);
  }
}
