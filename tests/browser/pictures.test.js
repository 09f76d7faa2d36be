// @ts-check
import { Pictures } from "../../frontend/static/frontend/js/view/pictures.js";
import { settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("a preview that came as a data URL is shown without being fetched", async () => {
  const api = /** @type {any} */ ({ blob: () => Promise.reject(new Error("fetched")) });
  const image = document.createElement("img");
  equal(await new Pictures(api).show(image, DOT), true);
  await image.decode();
  equal(image.naturalWidth, 1);
});

test("a picture that comes after everything was revoked is not kept", async () => {
  /** @type {(photo: Blob) => void} */
  let answer = () => {};
  const api = /** @type {any} */ ({ blob: () => new Promise((resolve) => (answer = resolve)) });
  const pictures = new Pictures(api);
  const image = document.createElement("img");
  const shown = pictures.show(image, "/api/images/1/thumbnail/");
  pictures.clear();
  answer(new Blob(["photo"]));
  equal([await shown, image.hasAttribute("src")], [false, false]);
});

test("pictures that were scrolled past before their turn are not fetched, and those that are seen are", async () => {
  /** @type {Map<string, (photo: Blob) => void>} */
  const asked = new Map();
  const blob = (/** @type {string} */ path) => new Promise((answer) => asked.set(path, answer));
  const pictures = new Pictures(/** @type {any} */ ({ blob }));
  const images = Array.from({ length: 8 }, () => document.createElement("img"));
  images.forEach((image, at) => void pictures.show(image, `/${at}`));
  for (const image of images.slice(4, 7)) pictures.hide(image);
  void pictures.show(images[5], "/6");
  const answerAll = async () => {
    for (const answer of asked.values()) answer(new Blob(["photo"]));
    await settled();
  };
  equal([...asked.keys()], ["/0", "/1", "/2", "/3"]);
  await answerAll();
  equal([...asked.keys()].slice(4), ["/6", "/7"]);
  await answerAll();
  void pictures.show(images[4], "/4");
  await answerAll();
  equal(images.map((image) => image.hasAttribute("src")), [true, true, true, true, true, true, false, true]);
});
