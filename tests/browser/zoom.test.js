// @ts-check
import { Stage } from "../../frontend/static/frontend/js/view/stage.js";
import { wordsOver } from "../../frontend/static/frontend/js/view/words_over.js";
import { WHOLE, Zoom, bounded, zoomed } from "../../frontend/static/frontend/js/view/zoom.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const box = { width: 400, height: 300 };

test("what is at a point stays there while it gets larger", () => {
  const view = zoomed(zoomed(WHOLE, 2, { x: 100, y: -50 }), 2, { x: 100, y: -50 });
  // The point of the photo that is at (100, -50) of the box is the same as before.
  equal([(100 - view.x) / view.scale, (-50 - view.y) / view.scale], [100, -50]);
});

test("it gets neither smaller than the whole nor larger than sixteen times", () => {
  equal([zoomed(WHOLE, 0.1, { x: 9, y: 9 }), zoomed(WHOLE, 100, { x: 0, y: 0 }).scale], [WHOLE, 16]);
});

test("it stays in the middle where it has room, and fills its box where it has none", () => {
  const wide = { width: 400, height: 100 };
  equal(bounded({ scale: 2, x: 500, y: 40 }, box, wide), { scale: 2, x: 200, y: 0 });
  equal(bounded({ scale: 4, x: -900, y: 90 }, box, wide), { scale: 4, x: -600, y: 50 });
});

const output = { kind: "image", url: "/out/", width: 40, height: 30 };
const photo = {
  id: 1, name: "a.jpg", width: 400, height: 300, file: "/file/", display: "/file/", thumbnail: null,
  orientation: 1,
};

/** A stage that shows a photo, with what it fetches. @param {any} result */
function shown(result) {
  /** @type {any[]} */
  const sources = [];
  const pictures = {
    show: async (/** @type {any} */ _, /** @type {any} */ source) => Boolean(sources.push(source)),
    hide: () => {},
  };
  const stage = new Stage({ pictures: /** @type {any} */ (pictures), onPoint: () => {}, onSwipe: () => {} });
  document.body.replaceChildren(stage.element);
  stage.begin();
  stage.render(/** @type {any} */ (photo), /** @type {any} */ ({ output: result }), [], "Paint");
  return { stage, sources };
}

test("a result of the same view is compared by a slider, and the photo is fetched only then", () => {
  const { stage, sources } = shown(output);
  equal([sources, stage.slider.hidden, stage.first.hidden], [["/out/"], false, true]);
  stage.slider.value = "30";
  stage.slider.dispatchEvent(new Event("input"));
  equal([sources.includes("/file/"), stage.first.hidden], [true, false]);
  equal(stage.frame.style.getPropertyValue("--split"), "30%");
});

test("a result of another view takes the photo's place", () => {
  const { stage, sources } = shown({ ...output, width: 10 });
  equal([stage.slider.hidden, stage.sides.hidden], [true, false]);
  stage.before.click();
  equal([sources.at(-1), stage.before.getAttribute("aria-pressed")], ["/file/", "true"]);
  stage.after.click();
  equal(sources.at(-1), "/out/");
});

test("what was read on a photo waits for it, and is never over the one before", () => {
  const { stage } = shown({ kind: "text", text: "", regions: [] });
  const isWaiting = () => stage.frame.classList.contains("is-waiting");
  equal(isWaiting(), true);
  stage.picture.dispatchEvent(new Event("load"));
  equal(isWaiting(), false);
  stage.begin();
  const next = { ...photo, id: 2, file: "/next/", display: "/next/" };
  stage.render(/** @type {any} */ (next), null, [], "");
  equal(isWaiting(), true);
});

test("a photo without a picture of a model has nothing to compare", () => {
  const { stage, sources } = shown({ kind: "text", text: "", regions: [] });
  equal([sources, stage.sides.hidden], [["/file/"], true]);
});

test("text lies over the photo as it was read: turned, and as wide", () => {
  const down = [[100, 10], [100, 210], [60, 210], [60, 10]];
  const word = /** @type {SVGTextElement} */ (wordsOver({ polygon: down, text: "Harbour" }));
  equal(["transform", "textLength", "class"].map((name) => word.getAttribute(name)),
    ["translate(100 10) rotate(90)", "200", "word"]);
});

test("letters that stand below each other are marked downwards", () => {
  const tall = [[0, 0], [20, 0], [20, 100], [0, 100]];
  const classOf = (/** @type {string} */ text) => wordsOver({ polygon: tall, text })?.getAttribute("class");
  equal([classOf("縦書き"), classOf("Il")], ["word is-stacked", "word"]);
});

test("what is no quadrangle, or has not been read, has no text over it", () => {
  equal(wordsOver({ polygon: [[0, 0], [1, 0], [1, 1]], text: "a" }), null);
  equal(wordsOver({ polygon: [[0, 0], [9, 0], [9, 9], [0, 9]] }), null);
});

/** A photo of 200 × 100 in a box of 400 × 300, and what it tells. */
function touchable() {
  const element = document.createElement("div");
  const content = document.createElement("div");
  element.style.cssText = "position: fixed; top: 0; left: 0; width: 400px; height: 300px";
  content.style.cssText = "width: 200px; height: 100px";
  // Only a real finger can be captured.
  element.setPointerCapture = () => {};
  element.append(content);
  document.body.replaceChildren(element);
  /** @type {number[]} */
  const swipes = [];
  let scale = 1;
  const subject = new Zoom({
    box: element, content, onSwipe: (by) => swipes.push(by), onChange: (now) => (scale = now),
  });
  const touch = (/** @type {string} */ type, /** @type {number} */ pointerId, /** @type {number} */ clientX,
    /** @type {number} */ clientY) =>
    element.dispatchEvent(new PointerEvent(`pointer${type}`, { pointerId, clientX, clientY, pointerType: "touch" }));
  return { element, content, subject, swipes, touch, scale: () => Math.round(scale * 100) / 100 };
}

test("two fingers make it larger by how far they go apart", () => {
  const { touch, scale, swipes } = touchable();
  touch("down", 1, 150, 150);
  touch("down", 2, 250, 150);
  touch("move", 1, 100, 150);
  touch("move", 2, 300, 150);
  equal(scale(), 2);
  touch("up", 1, 100, 150);
  touch("up", 2, 300, 150);
  equal(swipes, []);
});

test("a swipe leads to the next photo or the one before, but not while it is zoomed into", () => {
  const { touch, swipes, subject } = touchable();
  const swipe = (/** @type {number} */ to, /** @type {number} */ down = 0) => {
    touch("down", 1, 200, 150);
    touch("move", 1, to, 150 + down);
    touch("up", 1, to, 150 + down);
  };
  swipe(100);
  swipe(300);
  swipe(190);
  swipe(100, 90);
  equal(swipes, [1, -1]);
  subject.step(1);
  swipe(100);
  equal(swipes, [1, -1]);
});

test("a wheel makes it larger where the pointer is, and what is larger can be moved", () => {
  const { element, content, touch, scale } = touchable();
  const wheel = { deltaY: -Math.log(4) / 0.002, clientX: 200, clientY: 150, cancelable: true };
  equal(element.dispatchEvent(new WheelEvent("wheel", wheel)), false);
  // Browsers write the same transform in different words.
  const placed = () => {
    const { a, e, f } = new DOMMatrix(content.style.transform);
    return [a, e, f];
  };
  equal([scale(), placed()], [4, [4, 0, 0]]);
  touch("down", 1, 200, 150);
  touch("move", 1, 260, 150);
  touch("move", 1, 270, 150);
  touch("up", 1, 270, 150);
  equal(placed(), [4, 70, 0]);
});

test("a double click goes near, and back to the whole", () => {
  const { element, scale } = touchable();
  const double = () => element.dispatchEvent(new MouseEvent("dblclick", { clientX: 10, clientY: 10 }));
  double();
  equal(scale(), 3);
  double();
  equal(scale(), 1);
});
