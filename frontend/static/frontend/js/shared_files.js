// @ts-check
/**
 * Files that systems have shared with the page, kept by its service worker until somebody says what
 * to do with them: any site can post a form, so nothing is sent unasked.
 */

/** What was shared so long ago nobody is waiting for. */
const DAY_MS = 86_400_000;
const NAME = "darkroom.shared";
const STORE = "files";

/** @typedef {{files: File[], at: number}} Shared `at` as `Date.now()` */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @template T @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask @returns {Promise<T>} */
async function within(mode, ask) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
  const database = await done(opening);
  try {
    return await done(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** Those that wait, the first shared first; none where the browser keeps nothing.
 * @returns {Promise<File[]>} */
export async function sharedFiles() {
  try {
    /** @type {Shared[]} */
    const all = await within("readonly", (store) => store.getAll());
    return all.filter(({ at }) => at > Date.now() - DAY_MS).flatMap(({ files }) => files);
  } catch {
    return [];
  }
}

export const forgetShared = () => within("readwrite", (store) => store.clear()).catch(() => {});
