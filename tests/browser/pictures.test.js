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
