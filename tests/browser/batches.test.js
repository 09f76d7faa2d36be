// @ts-check
import { judge, split } from "../../frontend/static/frontend/js/batches.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const limits = {
  max_images_per_upload: 2, max_image_bytes: 100_000, max_upload_bytes: 200_000,
  max_image_pixels: 1,
  formats: [
    { name: "JPEG", content_type: "image/jpeg", suffixes: [".jpg"] },
    { name: "PNG", content_type: "image/png", suffixes: [".png"] },
    { name: "WebP", content_type: "image/webp", suffixes: [".webp"] },
  ],
};

const sizes = (/** @type {number[]} */ ...each) => {
  const items = each.map((size) => ({
    file: new File([new Uint8Array(size)], "a.jpg"), isDocument: false, error: null,
  }));
  return split(items, limits).map((group) => group.map(({ file }) => file.size));
};

/** What is wrong with a file that begins so. @param {string} head a character for each byte
 * @param {number} size in bytes @param {string} name */
async function errorOf(head, size = 100, name = "a.jpg") {
  const bytes = new Uint8Array(size);
  bytes.set([...head].map((each) => each.charCodeAt(0)).slice(0, size));
  return (await judge(new File([bytes], name), limits)).error;
}

/** @param {string} head */
const messageOf = async (head) => (await errorOf(head))?.message ?? null;

test("files within the limits are one upload", () => {
  equal(sizes(10, 20), [[10, 20]]);
});

test("more files than an upload may hold are split in order", () => {
  equal(sizes(1, 2, 3, 4, 5), [[1, 2], [3, 4], [5]]);
});

test("a document goes by itself, since its pages count as images, whatever its name says", async () => {
  for (const [head, name] of [["%PDF-1.7", "b.pdf"], ["II*\0", "b.tif"], ["MM\0*", "scan.jpg"], ["%PDF-1.7", "b"]]) {
    const files = [new File(["\xff\xd8\xff"], "a.jpg"), new File([head], name), new File(["x"], "c.jpg")];
    const items = await Promise.all(files.map((each) => judge(each, limits)));
    equal(split(items, limits).map((group) => group.map(({ file }) => file.name)), [["a.jpg"], [name], ["c.jpg"]]);
  }
});

test("files too large together are split", () => {
  equal(sizes(90_000, 90_000), [[90_000], [90_000]]);
});

test("no files are no upload", () => {
  equal(sizes(), []);
});

test("a file over the limit is refused with a sentence that names it", async () => {
  equal(await errorOf("\xff\xd8\xff", 150_000), {
    code: "image_too_large", message: "Larger than 100 kB, which is the most. Make it smaller first.",
  });
});

test("an empty file is refused", async () => {
  equal((await errorOf("", 0))?.code, "empty_file");
});

test("what the server takes is let through, whatever its name", async () => {
  const heads = ["\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n", "RIFF\0\0\0\0WEBPVP8 "];
  equal(await Promise.all(heads.map((head) => errorOf(head, 100, "a.bin"))), [null, null, null]);
});

test("a photo of a kind that can't be read is told what to do", async () => {
  const heic = await messageOf("\0\0\0\x18ftypheic\0\0\0\0mif1heic");
  equal(heic, "HEIC can't be read. On an iPhone: Settings › Camera › Formats › Most Compatible.");
  equal(await messageOf("\0\0\0\x18ftypmif1\0\0\0\0mif1heic"), heic);
  equal(await messageOf("\0\0\0\x1cftypmif1\0\0\0\0mif1avif"),
    "AVIF can't be read. Save it as JPEG or PNG first.");
});

test("videos, documents and drawings are told apart", async () => {
  const heads = ["\0\0\0\x14ftypqt  ", "II*\0\x10\0\0\0CR", "%PDF-1.7", '<?xml version="1.0"?><svg/>', "GIF89a"];
  const named = (await Promise.all(heads.map(messageOf))).map((each) => each?.split(" can't")[0]);
  equal(named, ["Videos", "Camera RAW", "PDF", "SVG drawings", "GIF"]);
});

test("a file that is no picture is refused in words that say which are", async () => {
  equal(await errorOf("These are notes."), {
    code: "unsupported_format", message: "Not a picture that can be read. JPEG, PNG, and WebP can.",
  });
});

test("a format that the server takes by now needs no change here", async () => {
  const file = new File(["GIF89a"], "a.gif");
  const wider = { ...limits, formats: [{ name: "GIF", content_type: "image/gif", suffixes: [".gif"] }] };
  equal((await judge(file, wider)).error, null);
});

test("a file that the browser can't read is refused by itself", async () => {
  const file = new File(["x"], "a.jpg");
  file.slice = () => /** @type {any} */ ({ arrayBuffer: async () => { throw new DOMException("gone"); } });
  equal((await judge(file, limits)).error?.code, "unreadable_file");
});
