// @ts-check
import { converted } from "../../frontend/static/frontend/js/converting.js";
import { formsOf } from "../../frontend/static/frontend/js/saving.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** A PNG of two pixels: red, and one that is fully transparent. */
async function halfTransparent() {
  const canvas = new OffscreenCanvas(2, 1);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#ff0000";
  context.fillRect(0, 0, 1, 1);
  return canvas.convertToBlob({ type: "image/png" });
}

/** @param {Blob} picture @returns {Promise<number[]>} red, green, blue and opacity of its second pixel */
async function second(picture) {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(bitmap, 0, 0);
  return [...context.getImageData(1, 0, 1, 1).data];
}

test("a cut-out is saved as WebP with its transparency, and as JPEG on white", async () => {
  const cutout = await halfTransparent();
  const webp = await converted(cutout, "webp");
  equal([webp.type, (await second(webp))[3]], ["image/webp", 0]);
  const jpeg = await converted(cutout, "jpeg");
  const [red, green, blue, opacity] = await second(jpeg);
  // Of two pixels that are compressed together the white one takes on some red.
  equal([jpeg.type, opacity, red > 240, green > 90, blue > 90], ["image/jpeg", 255, true, true, true]);
  equal((await jpeg.text()).includes("Exif"), false);
});

test("what is no picture, or in no format that the browser writes, is refused in words", async () => {
  const said = async (/** @type {Blob} */ picture, /** @type {any} */ format) =>
    converted(picture, format).then(() => "", ({ message }) => message);
  equal(await said(new Blob(["no picture"]), "png"), "This browser can't save it as PNG.");
  equal(await said(await halfTransparent(), "tiff"), "This browser can't save it as TIFF.");
});

test("a picture is offered in the formats that it isn't in, a text in none of them", () => {
  const of = (/** @type {any} */ output) => formsOf(/** @type {any} */ ({ output }));
  equal(of({ kind: "image", content_type: "image/png" }), ["result", "webp", "jpeg", "original"]);
  equal(of({ kind: "image", content_type: "image/webp" }), ["result", "png", "jpeg", "original"]);
  equal(of({ kind: "text", text: "a" }).includes("png"), false);
});
