// @ts-check
import { forgetShared, sharedFiles } from "../../frontend/static/frontend/js/shared_files.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** As the service worker keeps them. @param {string} name @param {number} [at] */
async function share(name, at = Date.now()) {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("darkroom.shared", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { autoIncrement: true });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const writing = database.transaction("files", "readwrite");
  writing.objectStore("files").add({ files: [new File(["photo"], name)], at });
  await new Promise((resolve) => (writing.oncomplete = resolve));
  database.close();
}

const names = async (/** @type {string} */ user) => (await sharedFiles(user)).map(({ name }) => name);

test("what was shared is shown to whom it was shown first, and to nobody after", async () => {
  await share("hers.jpg");
  equal([await names("ada"), await names("bob"), await names("ada")], [["hers.jpg"], [], ["hers.jpg"]]);
  await share("his.jpg");
  equal([await names("bob"), await names("ada")], [["his.jpg"], ["hers.jpg"]]);
  await forgetShared("bob");
  equal([await names("bob"), await names("ada")], [[], ["hers.jpg"]]);
  await forgetShared("ada");
  equal(await names("ada"), []);
});

test("what was shared a day ago nobody is asked about", async () => {
  await share("old.jpg", Date.now() - 90_000_000);
  equal([await names("ada"), await names("bob")], [[], []]);
});
