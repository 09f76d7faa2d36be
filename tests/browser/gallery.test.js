// @ts-check
import { days } from "../../frontend/static/frontend/js/days.js";
import { EVERYTHING, addressOf, filterOf, isEverything, labelsOf, matcher, queryOf } from "../../frontend/static/frontend/js/filter.js";
import { Selection } from "../../frontend/static/frontend/js/selection.js";
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { grid, heightOf, tilesBetween } from "../../frontend/static/frontend/js/view/grid.js";
import { nameParts } from "../../frontend/static/frontend/js/words.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** An image of a list. @param {number} id @param {number} upload @param {any} [more] */
const image = (id, upload, { day = 1, name = `${id}.jpg`, ...run } = /** @type {any} */ ({})) => ({
  id, upload, position: id, name, thumbnail: null, created_at: `2026-03-0${day}T12:00:00Z`,
  runs: [{ id, image: id, upload, model: "ocr", state: "queued", attempt: 0, output: null, error: null, ...run }],
});

const holding = (/** @type {any[]} */ ...images) =>
  reduce(initialState(), { type: "snapshot", images });

test("photos are shown by day, the newest upload first and each in its own order", () => {
  const state = holding(image(4, 2, { day: 2 }), image(5, 2, { day: 2 }), image(1, 1), image(6, 3, { day: 2 }));
  const found = days(state, () => true);
  equal(found.map(({ imageIds }) => imageIds), [[6, 4, 5], [1]]);
});

test("a day without a wanted photo is not shown", () => {
  const state = holding(image(4, 2, { day: 2 }), image(1, 1));
  equal(days(state, ({ id }) => id === 1).map(({ imageIds }) => imageIds), [[1]]);
});

const wanted = (/** @type {any} */ state, /** @type {string} */ search) => {
  const isWanted = matcher(state, filterOf(search));
  return [...state.images.values()].filter(isWanted).map(({ id }) => id);
};

test("photos are found by their names, and by the text on them", () => {
  const read = { state: "succeeded", output: { kind: "text", text: "영수증 Total", regions: [] } };
  const state = holding(image(1, 1, { name: "Invoice.png" }), image(2, 1, read));
  equal([wanted(state, "?q=voice"), wanted(state, "?q=total"), wanted(state, "?q=nothing")], [[1], [2], []]);
  equal(wanted(state, `?q=${encodeURIComponent("수증".normalize("NFD"))}`), [2]);
});

test("photos are found by any model they had, and by their newest state", () => {
  const two = image(1, 1, { state: "failed" });
  two.runs.push({ ...two.runs[0], id: 9, model: "digits", state: "succeeded" });
  const state = holding(two, image(2, 1, { state: "failed" }));
  equal(["?model=ocr", "?model=digits", "?state=failed", "?state=succeeded&model=digits"].map((search) =>
    wanted(state, search)), [[1, 2], [1], [2], [1]]);
});

test("photos are found by the label that a model holds for the likeliest", () => {
  const told = (/** @type {string[]} */ ...names) => ({
    state: "succeeded", output: { kind: "labels", labels: names.map((label) => ({ label, score: 0.5 })) },
  });
  const state = holding(image(1, 1, told("cat", "dog")), image(2, 1, told("dog", "cat")), image(3, 1, told()));
  equal(["?label=cat", "?label=dog", "?label=ca"].map((search) => wanted(state, search)), [[1], [2], []]);
  equal(labelsOf(state), ["cat", "dog"]);
});

test("photos are found by the days on which they were sent, where one is", () => {
  const at = (/** @type {number} */ id, /** @type {Date} */ sent) => ({ ...image(id, id), created_at: sent.toISOString() });
  const state = holding(at(1, new Date(2026, 2, 1, 0, 0)), at(2, new Date(2026, 2, 2, 23, 59)), at(3, new Date(2026, 2, 3)));
  equal(["?from=2026-03-02", "?until=2026-03-02", "?from=2026-03-02&until=2026-03-02"].map((search) =>
    wanted(state, search)), [[2, 3], [1, 2], [2]]);
});

test("an address has days, and the server is asked for moments", () => {
  const filter = filterOf("?q=+a+&label=cat&from=2026-03-28&until=2026-12-31");
  equal(addressOf(filter), "q=a&label=cat&from=2026-03-28&until=2026-12-31");
  const asked = new URLSearchParams(queryOf(filter));
  equal([asked.get("q"), asked.get("label")], ["a", "cat"]);
  equal(asked.get("created_after"), new Date(2026, 2, 28).toISOString());
  equal(asked.get("created_before"), new Date(2027, 0, 1).toISOString());
});

test("what an address asks for that can't be is left out of it", () => {
  equal(filterOf("?state=asleep&from=2026-02-&until=20260230&other=1"), EVERYTHING);
  equal(queryOf(filterOf("?q=+a%26b+&state=failed")), "q=a%26b&state=failed");
  equal([isEverything(filterOf("?q=+")), isEverything(filterOf("?q=a"))], [true, false]);
});

test("a range is chosen from the photo touched last", () => {
  const selection = new Selection();
  const order = [5, 4, 3, 2, 1];
  selection.extend(4, order);
  selection.extend(2, order);
  equal(selection.ids, [4, 3, 2]);
  selection.toggle(3);
  equal(selection.ids, [4, 2]);
});

test("photos that are not shown any more are not chosen any more", () => {
  const selection = new Selection();
  let told = 0;
  selection.toggleAll([1, 2, 3]);
  selection.addEventListener("change", () => (told += 1));
  selection.keep(new Set([2, 3, 4]));
  selection.keep(new Set([2, 3, 4]));
  equal([selection.ids, told], [[2, 3], 1]);
  selection.toggleAll([2, 3]);
  equal([selection.ids, selection.isOn], [[], false]);
});

test("as many tiles stand side by side as have room", () => {
  const sizes = { least: 100, gap: 10, caption: 40 };
  equal([320, 319, 50].map((width) => grid(width, sizes).columns), [3, 2, 1]);
  equal(grid(320, sizes), { columns: 3, tile: 100, row: 150, gap: 10 });
});

test("only the tiles between two heights are wanted, of however many", () => {
  const three = grid(320, { least: 100, gap: 10, caption: 40 });
  equal(heightOf(three, 7), 440);
  equal(tilesBetween(three, 10_000, 1_000, 1_300), [18, 27]);
  equal(tilesBetween(three, 7, 300, 9_000), [6, 7]);
  equal([tilesBetween(three, 7, -500, 0), tilesBetween(three, 7, 450, 900)], [[0, 0], [0, 0]]);
});

test("a long name is cut before its ending and what a camera counts there", () => {
  equal(nameParts("IMG_20260301_0001.jpg"), ["IMG_20260301_0", "001.jpg"]);
  equal(nameParts("a.png"), ["", "a.png"]);
  equal(nameParts("노트").join(""), "노트");
});
