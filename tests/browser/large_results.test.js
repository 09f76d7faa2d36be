// @ts-check
import { labelBars } from "../../frontend/static/frontend/js/view/labels.js";
import { Overlay } from "../../frontend/static/frontend/js/view/overlay.js";
import { TextLines } from "../../frontend/static/frontend/js/view/text_lines.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const many = (/** @type {any} */ one) => Array.from({ length: 200_000 }, () => one);

test("of a great many labels the best are shown, and how many more there are", () => {
  const list = labelBars(many({ label: "cat", score: 0.5 }));
  equal([list.children.length, list.lastElementChild?.textContent],
    [101, "199,900 more: they are in the download."]);
  equal(labelBars([{ label: "cat", score: 0.5 }]).children.length, 1);
});

test("of a great many regions the first are drawn and listed, and how many more there are", () => {
  const regions = many({ polygon: [[0, 0], [1, 0], [1, 1]], text: "word", confidence: 1 });
  const { element } = new TextLines(regions, () => {});
  equal([element.children.length, element.lastElementChild?.textContent],
    [2_001, "198,000 more: they are in the download."]);
  const overlay = new Overlay(() => {});
  overlay.draw(regions);
  equal(overlay.element.children.length, 2_000);
  equal(new TextLines(regions.slice(0, 3), () => {}).element.children.length, 3);
});
