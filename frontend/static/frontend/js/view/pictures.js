// @ts-check
/**
 * Pictures behind a token: an `<img>` can't carry one, so bytes are fetched and shown as object
 * URLs. Those in use are counted; a few unused ones are kept, the rest are revoked.
 *
 * @typedef {{users: number, url: string|null, promise: Promise<string>}} Entry
 */

const AT_ONCE = 4;
const KEPT_UNUSED = 60;

export class Pictures {
  /** By path or file; in order of last use. @type {Map<string|File, Entry>} */
  #entries = new Map();
  /** @type {WeakMap<HTMLImageElement, string|File>} */
  #shown = new WeakMap();
  #running = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  /** Show a picture; an absent or unreadable one leaves the element without `src`.
   * @param {HTMLImageElement} element @param {string|File|null} source a file endpoint's path, a
   * `data:` URL or a local file @param {number|null} [orientation] how the server turned what is stored in it, as
   * EXIF numbers it; null where the browser is to judge
   * @returns {Promise<boolean>} whether it is shown */
  async show(element, source, orientation = null) {
    if (source === null) {
      this.hide(element);
      return false;
    }
    if (this.#shown.get(element) === source) return element.hasAttribute("src");
    const before = this.#shown.get(element);
    this.#shown.set(element, source);
    const url = await this.#use(source).catch(() => null);
    if (before) this.#release(before);
    if (this.#shown.get(element) !== source) return false;
    if (url === null) {
      this.hide(element);
      return false;
    }
    element.src = url;
    turn(element, orientation);
    return true;
  }

  /** @param {HTMLImageElement} element */
  hide(element) {
    const source = this.#shown.get(element);
    this.#shown.delete(element);
    element.removeAttribute("src");
    if (source) this.#release(source);
  }

  /** Revoke everything. */
  clear() {
    for (const { url } of this.#entries.values()) if (url) URL.revokeObjectURL(url);
    this.#entries.clear();
  }

  /** @param {string|File} source @returns {Promise<string>} */
  #use(source) {
    const entry = this.#entries.get(source) ?? this.#newEntry(source);
    entry.users += 1;
    this.#entries.delete(source);
    this.#entries.set(source, entry);
    return entry.promise;
  }

  /** @param {string|File} source @returns {Entry} */
  #newEntry(source) {
    const promise = this.#bytes(source, () => entry.users > 0).then((blob) => {
      // Nobody would revoke what comes after everything was.
      if (this.#entries.get(source) !== entry) throw new Error("It is not wanted any more.");
      return (entry.url = URL.createObjectURL(blob));
    });
    /** @type {Entry} */
    const entry = { users: 0, url: null, promise };
    promise.catch(() => this.#entries.delete(source));
    return entry;
  }

  /** @param {string|File} source */
  #release(source) {
    const entry = this.#entries.get(source);
    if (!entry) return;
    entry.users -= 1;
    const unused = [...this.#entries].filter(([, { users, url }]) => users <= 0 && url);
    for (const [key, { url }] of unused.slice(0, -KEPT_UNUSED)) {
      URL.revokeObjectURL(/** @type {string} */ (url));
      this.#entries.delete(key);
    }
  }

  /** @param {string|File} source @param {() => boolean} isWanted whether it is when its turn comes
   * @returns {Promise<Blob>} */
  async #bytes(source, isWanted) {
    if (source instanceof File) return source;
    if (source.startsWith("data:")) return fromDataUrl(source);
    const isWaiting = this.#running >= AT_ONCE;
    if (isWaiting) await new Promise((go) => this.#waiting.push(() => go(null)));
    this.#running += 1;
    try {
      // Those that were scrolled past don't hold up those that are seen.
      if (isWaiting && !isWanted()) throw new Error("It is not wanted any more.");
      return await this.api.blob(source);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** What a `data:` URL in base64 holds; the page may not fetch one. @param {string} url */
function fromDataUrl(url) {
  const [head, content] = url.split(",");
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] });
}

/** Have a picture turned by the style sheet and not by the browser, which follows the orientation of
 * some formats and not of others.
 * @param {HTMLImageElement} element @param {number|null} orientation */
function turn(element, orientation) {
  if (orientation === null) delete element.dataset.orientation;
  else element.dataset.orientation = String(orientation);
}
