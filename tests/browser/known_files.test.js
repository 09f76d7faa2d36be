// @ts-check
import { KnownFiles, thereOf } from "../../frontend/static/frontend/js/known_files.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const request = { model: "ocr", params: { b: 1, a: { d: 2, c: [1] } }, imageType: "" };
const read = { model: "ocr", params: { a: { c: [1], d: 2 }, b: 1 }, state: "succeeded" };
const image = (/** @type {number} */ id, /** @type {object} */ more = {}) => ({
  id, sha256: "h", upload: id, position: 0, page: 1, pages: 1, image_type: "", runs: [read], ...more,
});

/** Image ids of what is there, and whether it answers what is asked for.
 * @param {any[]} images @param {any} [asked] @param {any} [schema] */
const there = (images, asked = request, schema = undefined) =>
  [...thereOf(images, asked, schema).values()].map((each) => [each.images.map(({ id }) => id), each.isDone]);

test("a photo that was asked the same before needs nothing more, whatever the order of its parameters", () => {
  equal(there([image(1)]), [[[1], true]]);
  equal(there([image(1)], { ...request, model: "other" }), [[[1], false]]);
  equal(there([image(1)], { ...request, params: {} }), [[[1], false]]);
  equal(there([image(1, { runs: [{ ...read, state: "failed" }] })]), [[[1], false]]);
  equal(there([image(1, { runs: [{ ...read, state: "queued" }] })]), [[[1], true]]);
});

test("what was left out is asked for with its default, then as now", () => {
  const schema = { properties: { a: { default: [1] }, b: { default: 1 }, c: {} } };
  const run = (/** @type {object} */ params) => image(1, { runs: [{ ...read, params }] });
  const filled = { ...request, params: { a: [1], b: 1 } };
  equal(there([run({})], filled, schema), [[[1], true]]);
  equal(there([run({ b: 1 })], { ...request, params: {} }, schema), [[[1], true]]);
  equal(there([run({ b: 2 })], filled, schema), [[[1], false]]);
  equal(there([run({})], { ...request, params: { c: 1 } }, schema), [[[1], false]]);
  equal(there([run({})], filled), [[[1], false]], "of a model that is not known");
});

test("of several copies the newest is used, rather one for which nothing is left to do", () => {
  equal(there([image(3), image(2)]), [[[3], true]]);
  equal(there([image(3, { runs: [] }), image(2), image(1)]), [[[2], true]]);
  equal(there([image(3, { runs: [] }), image(2, { runs: [] })]), [[[3], false]]);
});

test("what is shown of a photo that is there is the newest result that was asked for, not its newest one", () => {
  const runs = [{ ...read, id: 1 }, { ...read, id: 2 }, { ...read, id: 3, model: "other" }];
  equal([...thereOf([/** @type {any} */ (image(1, { runs }))], request, undefined).values()][0].run, 2);
});

test("a document is there if all of its pages are", () => {
  const pages = [1, 2].map((page) => image(page, { upload: 9, page, pages: 2 }));
  equal(there(pages), [[[1, 2], true]]);
  equal(there(pages.slice(1)), []);
});

test("a photo that is to be read in another language is another one", () => {
  const korean = { ...request, imageType: "ko" };
  equal(there([image(1, { image_type: "en" })], korean), []);
  equal(there([image(1, { image_type: "ko" })], korean), [[[1], true]]);
});

/** Of "abc", by the standard. */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const signal = new AbortController().signal;

/** @param {any[][]} pages the server's answers */
function knownFiles(...pages) {
  /** @type {any[]} */
  const calls = [];
  const images = async (/** @type {string|null} */ next, /** @type {string} */ query) => {
    calls.push([next, query]);
    const results = pages.shift() ?? [];
    return { results, next: pages.length ? `/page-${pages.length}` : null };
  };
  return { calls, subject: new KnownFiles(/** @type {any} */ ({ images }), () => undefined) };
}

test("files are found by the hashes of their bytes, each of them once", async () => {
  const { calls, subject } = knownFiles([image(1, { sha256: ABC })]);
  const [one, same, other] = ["abc", "abc", "d"].map((text) => new File([text], `${text}.jpg`));
  const found = await subject.find([one, same, other], request, signal);
  equal([found.has(one), found.has(same), found.has(other)], [true, true, false]);
  equal([calls.length, calls[0][1].startsWith(`sha256=${ABC},`), calls[0][1].length], [1, true, 7 + 129]);
});

test("a long answer is read on, and many files are asked about in portions", async () => {
  const long = knownFiles([], [image(1, { sha256: ABC })]);
  equal((await long.subject.find([new File(["abc"], "a")], request, signal)).size, 1);
  equal(long.calls.map(([next]) => next), [null, "/page-1"]);
  const many = knownFiles();
  const files = Array.from({ length: 51 }, (_, at) => new File([`${at}`], "a"));
  await many.subject.find(files, request, signal);
  equal(many.calls.length, 2);
});

test("a file that can't be read is not asked about", async () => {
  const { calls, subject } = knownFiles();
  const file = new File(["abc"], "a");
  file.arrayBuffer = async () => {
    throw new Error("gone");
  };
  equal([(await subject.find([file], request, signal)).size, calls.length], [0, 0]);
});

test("nothing is asked where the browser can't hash", async () => {
  const { calls, subject } = knownFiles();
  const { subtle } = crypto;
  Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  const found = await subject.find([new File(["abc"], "a")], request, signal);
  Object.defineProperty(crypto, "subtle", { value: subtle, configurable: true });
  equal([found.size, calls.length], [0, 0]);
});
