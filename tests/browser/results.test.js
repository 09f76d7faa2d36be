// @ts-check
import { takesPhotos } from "../../frontend/static/frontend/js/api.js";
import { labelBars } from "../../frontend/static/frontend/js/view/labels.js";
import { notes } from "../../frontend/static/frontend/js/view/notes.js";
import { ReadText } from "../../frontend/static/frontend/js/view/read_text.js";
import { tensorList } from "../../frontend/static/frontend/js/view/tensors.js";
import { summary } from "../../frontend/static/frontend/js/words.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @param {Element} element @param {string} selector */
const texts = (element, selector) =>
  [...element.querySelectorAll(selector)].map(({ textContent }) => textContent);

const model = {
  name: "m", description: "", output_kind: "labels", desired_state: "loaded", default_version: "1",
  params_schema: {}, versions: [],
};

test("scores from 0 to 1 are percentages with bars", () => {
  const bars = labelBars([{ label: "cat", score: 0.875 }, { label: "dog", score: 0.125 }]);
  equal(texts(bars, ".label-score"), ["87.5%", "12.5%"]);
  equal([...bars.querySelectorAll("meter")].map(({ hidden, value }) => [hidden, value]), [
    [false, 0.875], [false, 0.125],
  ]);
});

test("scores that are no shares are shown as they are", () => {
  const bars = labelBars([{ label: "cat", score: 7.25 }, { label: "dog", score: -1.5 }]);
  equal(texts(bars, ".label-score"), ["7.250", "-1.500"]);
  equal([...bars.querySelectorAll("meter")].map(({ hidden }) => hidden), [true, true]);
});

test("tensors are shown with their first values", () => {
  const list = tensorList({
    embedding: { datatype: "FP32", shape: [1, 2], data: [[0.123456789, -2]] },
    many: { datatype: "INT64", shape: [30], data: Array.from({ length: 30 }, (_, at) => at) },
  });
  equal(texts(list, "dt"), ["embedding: FP32 1 × 2", "many: INT64 30"]);
  const [first, second] = texts(list, "dd");
  equal(first, "0.12346, -2");
  equal(second, `${Array.from({ length: 24 }, (_, at) => at).join(", ")}, …`);
});

test("tensors are summed up by their number", () => {
  const tensors = { a: { datatype: "FP32", shape: [1], data: [1] } };
  equal(summary(/** @type {any} */ ({ output: { kind: "raw", tensors } })), "1 tensor");
});

test("text that couldn't be read is told from none", () => {
  const output = { kind: "text", text: "", regions: [], notes: [] };
  const note = { code: "script_not_readable", message: "" };
  equal(summary(/** @type {any} */ ({ output })), "No text found");
  equal(summary(/** @type {any} */ ({ output: { ...output, notes: [note] } })), "Unreadable text");
});

test("photos are offered only to models that take them now", () => {
  equal(takesPhotos(model), true);
  equal(takesPhotos({ ...model, output_kind: "tensors" }), false);
  equal(takesPhotos({ ...model, desired_state: "unloaded" }), false);
  equal(takesPhotos({ ...model, default_version: null }), false);
});

test("every note is told, and none where there are none", () => {
  const noted = { output: { kind: "image", notes: [{ code: "a", message: "One." }, { code: "b", message: "Two." }] } };
  equal(notes(/** @type {any} */ (noted)).map(({ textContent }) => textContent), ["One.", "Two."]);
  equal(notes(/** @type {any} */ ({ output: { kind: "text" } })), []);
  equal(notes(null), []);
});

test("text is shown line by line, or by its paragraphs where a model tells them", () => {
  const regions = [{ polygon: [], text: "A cat" }, { polygon: [], text: "on a mat." }];
  const output = { kind: "text", text: "A cat\non a mat.", regions, paragraphs: ["A cat on a mat."] };
  const subject = new ReadText(output, () => {});
  const shown = () => [...subject.element.querySelectorAll(":scope > :not([hidden])")].map(
    (each) => each.dataset.testid ?? "choice");
  equal(shown(), ["choice", "ocr-lines"]);
  subject.asText.click();
  equal([shown(), subject.paragraphs.textContent], [["choice", "paragraphs"], "A cat on a mat."]);
  equal(texts(new ReadText({ ...output, paragraphs: [] }, () => {}).element, ".tabs[hidden] button").length, 2);
});
