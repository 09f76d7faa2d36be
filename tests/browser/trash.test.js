// @ts-check
import { Trash, UNDO_MS } from "../../frontend/static/frontend/js/trash.js";
import { fakes } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @type {Trash|null} */
let before = null;

function started() {
  before?.stop();
  const { clock } = fakes();
  /** @type {number[][]} */
  const deleted = [];
  const trash = new Trash({ onDelete: (ids) => deleted.push(ids), onChange: () => {} });
  trash.start();
  before = trash;
  return { clock, deleted, trash };
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
