// @ts-check
import { beginning, between, dragged, gripAt } from "../../frontend/static/frontend/js/rectangle.js";
import { Drawing } from "../../frontend/static/frontend/js/view/drawing.js";
import { schemaForm } from "../../frontend/static/frontend/js/view/schema_form.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const size = { width: 400, height: 300 };
const MOVE = /** @type {const} */ ({ x: 0, y: 0 });
/** @type {[number, number, number, number]} */
const rectangle = [100, 100, 80, 60];

test("whichever corners a rectangle is drawn by, it is in the photo and a pixel at least", () => {
  equal(between({ x: 90.4, y: 80 }, { x: 10, y: 20.6 }, size), [10, 21, 80, 59]);
  equal(between({ x: -50, y: 290 }, { x: 20, y: 900 }, size), [0, 290, 20, 10]);
  equal(between({ x: 500, y: 300 }, { x: 500, y: 300 }, size), [399, 299, 1, 1]);
  equal(beginning(size), [40, 30, 320, 240]);
  equal(beginning({ width: 1, height: 1 }), [0, 0, 1, 1]);
});

test("a rectangle that is moved keeps its size at the photo's edges", () => {
  equal(dragged(rectangle, MOVE, { x: 10, y: -20 }, size), [110, 80, 80, 60]);
  equal(dragged(rectangle, MOVE, { x: 999, y: -999 }, size), [320, 0, 80, 60]);
});

test("a held edge moves alone, also past the opposite one", () => {
  equal(dragged(rectangle, { x: -1, y: 0 }, { x: 30, y: 50 }, size), [130, 100, 50, 60]);
  equal(dragged(rectangle, { x: 1, y: 1 }, { x: -100, y: 20 }, size), [80, 100, 20, 80]);
});

test("a pointer gets hold of the corner or edge that is near, and of the middle of what is small", () => {
  const grip = (/** @type {number} */ x, /** @type {number} */ y) => gripAt(rectangle, { x, y }, 20);
  equal([grip(95, 105), grip(190, 130), grip(140, 130)], [{ x: -1, y: -1 }, { x: 1, y: 0 }, MOVE]);
  equal([grip(70, 130), grip(140, 190)], [null, null]);
  equal(gripAt([100, 100, 9, 9], { x: 104, y: 104 }, 20), MOVE);
});

const schema = {
  properties: {
    rect: {
      type: "array", format: "image-rectangle", title: "Subject", minItems: 4, maxItems: 4,
      prefixItems: ["Left", "Top", "Width", "Height"].map((title) => ({ title, type: "integer", minimum: 0 })),
    },
  },
};

/** A form beside a photo of 400 by 300 pixels that is shown half as large. */
function shown() {
  const drawing = new Drawing(() => {});
  drawing.resize(size);
  const form = schemaForm(schema, "p", { drawing });
  form.element.open = true;
  Object.assign(drawing.element.style, { position: "fixed", left: "0", top: "0", width: "200px", height: "150px" });
  document.body.replaceChildren(drawing.element, drawing.tools, form.element);
  const draw = /** @type {HTMLElement} */ (form.element.querySelector("[data-testid=draw]"));
  const clear = /** @type {HTMLElement} */ (form.element.querySelector("[data-testid=clear-rectangle]"));
  return { drawing, form, draw, clear };
}

/** @param {Drawing} drawing @param {string} type @param {number} x @param {number} y */
const point = (drawing, type, x, y) =>
  drawing.element.dispatchEvent(
    new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, isPrimary: true, pointerType: "mouse", bubbles: true }),
  );

test("what is drawn by the pointer fills the numbers, and is drawn by them", () => {
  const { drawing, form, draw } = shown();
  drawing.element.setPointerCapture = () => {};
  equal(form.value(), {});
  draw.click();
  equal(form.value(), { rect: [40, 30, 320, 240] });
  point(drawing, "pointerdown", 5, 5);
  point(drawing, "pointermove", 50, 65);
  point(drawing, "pointerup", 50, 65);
  equal(form.value(), { rect: [10, 10, 90, 120] });
  const [left] = form.element.querySelectorAll("input");
  left.value = "200";
  left.dispatchEvent(new Event("input"));
  equal(drawing.element.style.getPropertyValue("--left"), "50%");
});

test("the keyboard moves and sizes a rectangle, and goes back to where it came from", () => {
  const { drawing, form, draw } = shown();
  draw.focus();
  draw.click();
  equal(document.activeElement === drawing.handle, true);
  const press = (/** @type {string} */ key, shiftKey = false) =>
    drawing.handle.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  press("ArrowRight");
  press("ArrowUp");
  press("ArrowDown", true);
  equal(form.value(), { rect: [44, 26, 320, 244] });
  for (let at = 0; at < 200; at += 1) press("ArrowLeft", true);
  equal(form.value(), { rect: [44, 26, 4, 244] });
  press("Escape");
  equal([drawing.isOn, document.activeElement === draw], [false, true]);
});

test("a rectangle can be given up, and drawing elsewhere takes no focus when it ends", () => {
  const { drawing, form, draw, clear } = shown();
  draw.click();
  /** @type {HTMLElement} */ (form.element.querySelector("input")).focus();
  drawing.end();
  equal(document.activeElement?.tagName, "INPUT");
  clear.click();
  equal([form.value(), clear.hidden], [{}, true]);
});
