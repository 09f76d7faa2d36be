// @ts-check
import { Trash, UNDO_MS } from "../../frontend/static/frontend/js/trash.js";
import { Kept } from "../../frontend/static/frontend/js/kept.js";
import { fakes } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @type {Trash|null} */
let before = null;

/** One tab's, in a browser that remembers nothing yet. */
function started() {
  before?.stop();
  const { clock } = fakes();
  return { clock, ...visit("ada") };
}

/** Another tab's, or a later visit's. @param {string} user */
function visit(user) {
  /** @type {number[][]} */
  const deleted = [];
  const onDelete = async (/** @type {number[]} */ ids) => void deleted.push(ids);
  const trash = new Trash({ user, kept: new Kept("deletions"), onDelete, onChange: () => {} });
  trash.start();
  before = trash;
  return { deleted, trash };
}

test("what is deleted is out of sight at once and gone when its time is over", async () => {
  const { clock, deleted, trash } = started();
  trash.put([1, 2]);
  equal([trash.has(1), deleted], [true, []]);
  await clock.pass(UNDO_MS);
  equal([trash.has(1), deleted], [true, [[1, 2]]]);
});

test("what was taken back stays", async () => {
  const { clock, deleted, trash } = started();
  trash.put([1, 2]);
  trash.put([3]);
  trash.takeBack([1, 2]);
  await clock.pass(UNDO_MS);
  equal([trash.has(1), deleted], [false, [[3]]]);
});

test("leaving the page deletes what waits, once", async () => {
  const { clock, deleted, trash } = started();
  trash.put([1]);
  window.dispatchEvent(new Event("pagehide"));
  trash.stop();
  await clock.pass(UNDO_MS);
  equal(deleted, [[1]]);
});

test("what could not be deleted is deleted at its user's next visit, and by nobody else", async () => {
  const { clock, deleted, trash } = started();
  trash.put([1, 2]);
  await clock.pass(UNDO_MS);
  trash.forget([2]);
  trash.stop();
  await clock.pass(60_000);
  equal([deleted, visit("grace").deleted, visit("ada").deleted], [[[1, 2]], [], [[1]]]);
});

test("another tab lets a deletion be taken back, and does it where its own tab has not", async () => {
  const { clock, trash } = started();
  trash.put([1]);
  trash.put([2]);
  const other = visit("ada");
  trash.takeBack([1]);
  await clock.pass(UNDO_MS);
  equal(other.deleted, []);
  await clock.pass(UNDO_MS);
  equal(other.deleted, [[2]]);
});

test("who signs out in one tab has deleted what waits in another", async () => {
  const { clock, trash } = started();
  trash.put([1]);
  const other = visit("ada");
  await other.trash.empty();
  equal(other.deleted, [[1]]);
  await clock.pass(0);
});
