// @ts-check
import { Pictures } from "../../frontend/static/frontend/js/view/pictures.js";
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
