// @ts-check
import { EVERYTHING } from "../../frontend/static/frontend/js/filter.js";
import { Selection } from "../../frontend/static/frontend/js/selection.js";
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { Day } from "../../frontend/static/frontend/js/view/day.js";
import { Gallery } from "../../frontend/static/frontend/js/view/gallery.js";
import { grid } from "../../frontend/static/frontend/js/view/grid.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const MANY = 10_000;

const image = (/** @type {number} */ id) => ({
  id, upload: 1, position: id, name: `${id}.jpg`, thumbnail: null, width: 4, height: 3,
  created_at: "2026-03-01T12:00:00Z", runs: [],
});

/** @type {Gallery|null} */
let before = null;

/** A gallery of so many photos, its tiles as wide as they are high with their captions. */
function drawn(count = MANY) {
  before?.stop();
  before?.element.remove();
  const pictures = { show: async () => true, hide: () => {} };
  const parts = { pictures, commands: { open: () => {} }, files: new Map(), titleOf: String };
  const selection = new Selection();
  const gallery = new Gallery(/** @type {any} */ (parts), {
    selection, filter: () => EVERYTHING, isHidden: () => false,
  });
  gallery.element.style.width = "1000px";
  // Nothing else is on the page: what stands before it would take it off the screen.
  document.body.replaceChildren(gallery.element);
  gallery.start();
  const images = Array.from({ length: count }, (_, at) => image(at + 1));
  const state = reduce(initialState(), { type: "snapshot", images });
  gallery.render(state);
  before = gallery;
  const tiles = () => [...gallery.element.querySelectorAll("li")].map((tile) => Number(tile.dataset.image));
  return { gallery, selection, state, tiles };
}

const scrolled = () => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));

/** Until something is there, or not. @param {() => unknown} fact */
async function idle(fact) {
  for (let turns = 0; turns < 200 && !fact(); turns += 1) await scrolled();
}

test("of thousands of photos only those near the screen are in the document", () => {
  const { gallery, tiles } = drawn();
  equal(gallery.order.length, MANY);
  equal([tiles()[0], tiles().length > 0, tiles().length < 300], [1, true, true]);
});

test("photos are large until they would need a third row", () => {
  const width = (/** @type {number} */ count) =>
    parseFloat(drawn(count).gallery.element.querySelector("ul")?.style.getPropertyValue("--tile") ?? "");
  const columns = Math.floor(1000 / width(1));
  equal([columns, width(2 * columns) === width(1), width(2 * columns + 1) < 0.8 * width(1)], [5, true, true]);
});

test("the end of the page is the last photo", async () => {
  const { tiles } = drawn();
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  await scrolled();
  equal([tiles().at(-1), tiles().length < 300], [MANY, true]);
});

test("a step of a scroll that brings no other row looks at no photo", () => {
  let reads = 0;
  const ids = Array.from({ length: MANY }, (_, at) => at + 1);
  const tile = () => /** @type {any} */ ({ element: document.createElement("li"), setVisible: () => {} });
  const day = new Day(tile, () => {});
  document.body.replaceChildren(day.element);
  day.imageIds = new Proxy(ids, { get: (target, key) => ((reads += 1), Reflect.get(target, key)) });
  const present = grid(1_000, { least: 100, gap: 10, caption: 40 });
  const looked = (/** @type {number} */ top) => {
    reads = 0;
    day.show(present, top, 0, 800);
    return reads;
  };
  equal([looked(-30_000) > 100, looked(-30_010) < 5, looked(-30_010 - present.row) > 100], [true, true, true]);
  day.imageIds = [...ids];
  equal(day.cards.size > 0, true);
  looked(-30_010 - present.row);
  equal([...day.cards.keys()].every((id) => id > 1), true);
});

const image1 = () => /** @type {HTMLElement} */ (document.querySelector("li[data-image='1']"));

test("a tile has no more than its picture, its name and its state until there is time for the rest", async () => {
  const { gallery, selection } = drawn(30);
  const parts = () => ["img", "p", "input", ".card-actions", "progress", "svg"].map((each) => image1().querySelectorAll(each).length);
  equal(parts(), [1, 2, 0, 0, 0, 0]);
  selection.toggle(1);
  await idle(() => image1().querySelector("progress"));
  equal(parts(), [1, 2, 1, 1, 1, 1]);
  equal(image1().querySelector("input")?.checked, true);
  window.scrollTo({ top: 10, behavior: "instant" });
  gallery.redraw();
  equal(parts(), [1, 2, 1, 1, 1, 1]);
});

test("what is read on a photo is one shape on its tile, however much it is", async () => {
  const line = (/** @type {number} */ y) => ({ text: "a", polygon: [[0, y], [3, y], [3, y + 1], [0, y + 1]] });
  const output = { kind: "text", text: "a", regions: [line(0), line(1), { polygon: [[0, 0], [1, 0], [1, 1]] }] };
  const { gallery, state } = drawn(1);
  const run = { id: 1, image: 1, upload: 1, model: "ocr", state: "succeeded", attempt: 1, error: null, output };
  gallery.render(reduce(state, { type: "snapshot", predictions: [/** @type {any} */ (run)] }));
  await idle(() => image1().querySelector("path"));
  const shapes = [...image1().querySelectorAll(".overlay *")].map((each) => [each.getAttribute("class"), each.getAttribute("d")]);
  equal(shapes, [["outline", "M0,0L1,0L1,1Z"], ["read", "M0,0L3,0L3,1L0,1ZM0,1L3,1L3,2L0,2Z"]]);
});

test("a photo that is far away can be given the focus, and keeps it while it is scrolled away", async () => {
  const { gallery, tiles } = drawn();
  gallery.focus(5_500);
  const focused = () => Number(document.activeElement?.closest("li")?.dataset.image);
  equal(focused(), 5_500);
  window.scrollTo({ top: 0, behavior: "instant" });
  await scrolled();
  equal([focused(), tiles().includes(1), tiles().includes(5_000)], [5_500, true, false]);
});

test("tiles stay in the photos' order when newer ones come before them", () => {
  const { gallery, state, tiles } = drawn(6);
  const newer = { ...image(9), upload: 2 };
  gallery.render(reduce(state, { type: "snapshot", images: [newer] }));
  equal(tiles(), [9, 1, 2, 3, 4, 5, 6]);
});

test("what is chosen is shown as chosen, wherever it is", () => {
  const { gallery, selection } = drawn(6);
  selection.toggle(2);
  selection.extend(4, gallery.order);
  const chosen = [...gallery.element.querySelectorAll("li.is-selected")].map((tile) => /** @type {HTMLElement} */ (tile).dataset.image);
  equal(chosen, ["2", "3", "4"]);
});
