// @ts-check
import { judge, split } from "../../frontend/static/frontend/js/batches.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const limits = {
  max_images_per_upload: 2, max_image_bytes: 100_000, max_upload_bytes: 200_000, max_image_pixels: 1,
};

const item = (/** @type {number} */ size) => judge(new File([new Uint8Array(size)], "a.jpg"), limits);

const sizes = (/** @type {number[]} */ ...each) =>
  split(each.map(item), limits).map((group) => group.map(({ file }) => file.size));

test("files within the limits are one upload", () => {
  equal(sizes(10, 20), [[10, 20]]);
});

test("more files than an upload may hold are split in order", () => {
  equal(sizes(1, 2, 3, 4, 5), [[1, 2], [3, 4], [5]]);
});

test("files too large together are split", () => {
  equal(sizes(90_000, 90_000), [[90_000], [90_000]]);
});

test("no files are no upload", () => {
  equal(sizes(), []);
});

test("a file over the limit is refused with a sentence that names both sizes", () => {
  const { error } = item(150_000);
  equal(error, { code: "image_too_large", message: "This file has 150 kB; 100 kB is the most." });
});

test("an empty file is refused", () => {
  equal(item(0).error?.code, "empty_file");
});
