// @ts-check
import { filesOf } from "../../frontend/static/frontend/js/view/dropped.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** An entry of the browser's file system. @param {string} name */
const file = (name) => ({
  isFile: true, name, file: (/** @type {(file: File) => void} */ give) => give(new File(["x"], name)),
});

const unreadable = (/** @type {string} */ name) => ({
  isFile: true, name,
  file: (/** @type {any} */ _, /** @type {(error: unknown) => void} */ fail) => fail(new DOMException("gone")),
});

/** A folder that is given in portions of two. @param {string} name @param {any[]} entries */
const folder = (name, ...entries) => ({
  isFile: false, name,
  createReader: () => ({
    readEntries: (/** @type {(portion: any[]) => void} */ give) => give(entries.splice(0, 2)),
  }),
});

/** What is found in a drop of these. @param {any[]} entries */
async function found(...entries) {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  const { files, unread } = await filesOf(/** @type {any} */ ({ items, files: [] }));
  return [files.map(({ name }) => name), unread];
}

test("every file of a folder is handed on, whatever its name, so that none is left out silently", async () => {
  const dropped = folder("DCIM", file("a.HEIC"), file("b.jpg"), folder("more", file("c.mov")));
  equal(await found(dropped, file("d.txt")), [["a.HEIC", "b.jpg", "c.mov", "d.txt"], []]);
});

test("what systems put into folders is nobody's photo", async () => {
  const dropped = folder("DCIM", file(".DS_Store"), file("Thumbs.db"), file("a.jpg"));
  equal(await found(dropped), [["a.jpg"], []]);
});

test("what can't be read is named and holds nothing back", async () => {
  equal(await found(folder("DCIM", unreadable("a.jpg"), file("b.jpg"))), [["b.jpg"], ["a.jpg"]]);
});

test("a drop without a file system has its files", async () => {
  const transfer = { items: [{ webkitGetAsEntry: () => null }], files: [new File(["x"], "a.jpg")] };
  const { files } = await filesOf(/** @type {any} */ (transfer));
  equal(files.map(({ name }) => name), ["a.jpg"]);
});
