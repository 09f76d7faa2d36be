// @ts-check
/**
 * Files that systems have shared with the page, kept by its service worker until somebody says what
 * to do with them: any site can post a form, so nothing is sent unasked.
 */

/** What was shared so long ago nobody is waiting for. */
const DAY_MS = 86_400_000;
const NAME = "darkroom.shared";
const STORE = "files";

/** @typedef {{files: File[], at: number, user?: string}} Shared `at` as `Date.now()`, `user` who has
 * been asked about them first */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Go through all that wait, the first shared first; what `keep` gives null for is removed.
 * @param {(shared: Shared) => Shared|null} keep */
async function each(keep) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true });
  const database = await done(opening);
  try {
    const transaction = database.transaction(STORE, "readwrite");
    await new Promise((resolve, reject) => {
      const reading = transaction.objectStore(STORE).openCursor();
      reading.onsuccess = () => {
        const cursor = reading.result;
        if (!cursor) return;
        const kept = keep(cursor.value);
        if (kept === null) cursor.delete();
        else if (kept !== cursor.value) cursor.update(kept);
        cursor.continue();
      };
      transaction.oncomplete = () => resolve(null);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Those that wait for this user; none where the browser keeps nothing. Whoever is asked about them
 * first is the only one: who comes next in this browser is not shown what somebody else has shared.
 * @param {string} user @returns {Promise<File[]>} */
export async function sharedFiles(user) {
  /** @type {File[]} */
  const found = [];
  try {
    await each((shared) => {
      if (shared.at <= Date.now() - DAY_MS) return null;
      if ((shared.user ?? user) !== user) return shared;
      found.push(...shared.files);
      return shared.user ? shared : { ...shared, user };
    });
    return found;
  } catch {
    return [];
  }
}

/** Keep none of this user's. @param {string} user */
export const forgetShared = (user) =>
  each((shared) => (shared.user === user ? null : shared)).catch(() => {});
