/**
 * Takes what systems share with the page, and touches on its notices: it is registered for that address alone, so
 * that no other request comes by here, and no page, file or answer is kept. Shared files wait in the
 * browser until the page asks whether to send them.
 */

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("fetch", (event) => {
  if (event.request.method === "POST") event.respondWith(taken(event.request));
});

// A notice of the page, where only this script may show one.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(shown());
});

async function shown() {
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return page ? page.focus() : self.clients.openWindow("/");
}

/** @param {Request} request a form with files @returns {Promise<Response>} */
async function taken(request) {
  const form = await request.formData();
  const files = form.getAll("photos").filter((each) => each instanceof File);
  // Without room for them the page opens as ever.
  if (files.length) await keep(files).catch(() => {});
  return Response.redirect("/", 303);
}

/** As `shared_files.js` reads them. @param {File[]} files */
async function keep(files) {
  const opening = indexedDB.open("darkroom.shared", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files", { autoIncrement: true });
  const database = await done(opening);
  const writing = database.transaction("files", "readwrite").objectStore("files");
  await done(writing.add({ files, at: Date.now() }));
  database.close();
}

/** @param {IDBRequest} request */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
