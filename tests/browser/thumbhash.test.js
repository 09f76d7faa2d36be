// @ts-check
import { pixelsOf } from "../../frontend/static/frontend/js/thumbhash.js";
import { Placeholder } from "../../frontend/static/frontend/js/view/placeholder.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const WIDE = "HfgJFZAROllTd4eAiJh4ZBN5ILH6";

/** Whether the pixels are these, but for what is lost in rounding.
 * @param {Uint8ClampedArray} pixels @param {number[]} expected */
const areNear = (pixels, expected) => expected.every((value, at) => Math.abs(value - pixels[at]) <= 1);

test("a picture is what the reference makes of it", () => {
  // Made with `thumbHashToRGBA` of the npm package thumbhash 0.1.1.
  const wide = pixelsOf(WIDE, 32, 23);
  equal([wide.length, areNear(wide, [0, 0, 2, 255, 0, 0, 7, 255])], [32 * 23 * 4, true]);
  equal(areNear(wide.slice(-8), [68, 11, 66, 255, 58, 3, 58, 255]), true);
  const high = pixelsOf("29cJHRJgdnV3R4coiIl4V8CrB5e4", 23, 32);
  equal(areNear(high.slice(-8), [215, 122, 132, 255, 217, 122, 132, 255]), true);
});

const loaded = (/** @type {HTMLImageElement} */ picture) => new Promise((go) => picture.addEventListener("load", go));

const PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/%3E";

/** A placeholder behind a picture, and what of it is seen. */
function placed() {
  const picture = document.createElement("img");
  const behind = document.createElement("span");
  const seen = () => behind.style.backgroundImage;
  return { picture, placeholder: new Placeholder(picture, behind), seen };
}

test("it is shown in the picture's own shape until that has loaded, and not again", async () => {
  const { picture, placeholder, seen } = placed();
  placeholder.draw(WIDE, 4000, 2000);
  const drawn = document.createElement("img");
  drawn.src = seen().slice('url("'.length, -'")'.length);
  await drawn.decode();
  equal([drawn.naturalWidth, drawn.naturalHeight], [20, 10]);
  const done = loaded(picture);
  picture.src = PICTURE;
  await done;
  equal(seen(), "");
  placeholder.draw("29cJHRJgdnV3R4coiIl4V8CrB5e4", 4000, 2000);
  equal(seen(), "");
});

test("without a hash nothing is shown", () => {
  const { placeholder, seen } = placed();
  placeholder.draw(null, 4, 3);
  equal(seen(), "");
});
