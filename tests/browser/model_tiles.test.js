// @ts-check
import { Empty } from "../../frontend/static/frontend/js/view/empty.js";
import { ModelTiles } from "../../frontend/static/frontend/js/view/model_tiles.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const model = (/** @type {string} */ name, more = {}) =>
  /** @type {import("server").Model} */ (/** @type {unknown} */ ({
    name, title: `The ${name}`, description: `${name}.`, sample: `/${name}.jpg`, state: "READY",
    output_kind: "image", ...more,
  }));

/** @param {(name: string) => void} [onChoose] */
function made(onChoose = () => {}) {
  const asked = /** @type {any[]} */ ([]);
  const pictures = { show: async (/** @type {any} */ _, /** @type {any} */ source) => asked.push(source), hide: () => {} };
  const tiles = new ModelTiles({ pictures: /** @type {any} */ (pictures), onChoose });
  document.body.append(tiles.element);
  return { tiles, asked };
}

/** @param {ModelTiles} tiles */
const seen = (tiles) =>
  [...tiles.element.querySelectorAll("input")].filter((each) => !each.closest("label")?.hidden).map(({ value }) => value);

test("each model has its picture, title and sentence, and is named by its title alone", () => {
  const chosen = /** @type {string[]} */ ([]);
  const { tiles, asked } = made((name) => chosen.push(name));
  tiles.setModels([model("ocr"), model("style")], []);
  const [tile] = tiles.element.querySelectorAll("label");
  equal(tile.textContent, "The ocrocr.");
  const input = /** @type {HTMLInputElement} */ (tile.querySelector("input"));
  const byId = (/** @type {string} */ key) => document.getElementById(input.getAttribute(key) ?? "")?.textContent;
  equal([byId("aria-labelledby"), byId("aria-describedby")], ["The ocr", "ocr."]);
  equal(asked, ["/ocr.jpg", "/style.jpg"]);
  tile.click();
  equal([tiles.value, chosen], ["ocr", ["ocr"]]);
  tiles.element.remove();
});

test("those that were asked for stand first, then those that run and can be tried", () => {
  const { tiles } = made();
  const models = [model("a", { state: "UNAVAILABLE" }), model("b", { sample: null }), model("c"), model("d")];
  tiles.setModels(models, ["d", null]);
  equal(seen(tiles), ["d", "c", "b", "a"]);
  tiles.element.remove();
});

test("no button stands where the one more model would", () => {
  const { tiles } = made();
  tiles.setModels("abcde".split("").map((name) => model(name)), []);
  equal([seen(tiles).length, tiles.all.hidden], [5, true]);
  tiles.element.remove();
});

test("of many models a few are seen, the chosen one among them, until all are asked for", () => {
  const { tiles, asked } = made();
  tiles.setModels("abcdefg".split("").map((name) => model(name)), []);
  equal(seen(tiles), ["a", "b", "c", "d"]);
  equal(asked.length, 4, "pictures that nobody sees are not fetched");
  tiles.value = "g";
  equal(seen(tiles), ["a", "b", "c", "d", "g"]);
  equal(tiles.all.textContent, "Show all 7 models");
  tiles.all.focus();
  tiles.all.click();
  equal([seen(tiles).length, tiles.all.hidden], [7, true]);
  equal(document.activeElement === document.body, false);
  tiles.element.remove();
});

test("the keyboard stays on the chosen model when another one comes", () => {
  const { tiles } = made();
  tiles.setModels([model("ocr"), model("style")], []);
  tiles.value = "style";
  tiles.element.querySelector("input:checked")?.focus();
  tiles.setModels([model("new"), model("ocr"), model("style")], []);
  equal([tiles.value, document.activeElement?.getAttribute("value")], ["style", "style"]);
  tiles.element.remove();
});

test("an empty page offers to try models that run, those first whose result is seen at a glance", () => {
  const tried = /** @type {string[]} */ ([]);
  const pictures = /** @type {any} */ ({ show: async () => true });
  const empty = new Empty({ pictures, onTry: (name) => tried.push(name) });
  equal(empty.offer.hidden, true);
  empty.setModels([
    model("digits", { output_kind: "labels" }), model("gone", { state: "UNAVAILABLE" }),
    model("bare", { sample: null }), model("cutout"), model("ocr", { output_kind: "text" }),
  ]);
  const buttons = [...empty.samples.querySelectorAll("button")];
  equal(buttons.map(({ textContent }) => textContent), ["The cutout", "The ocr", "The digits"]);
  buttons[1].click();
  equal([empty.offer.hidden, tried], [false, ["ocr"]]);
});
