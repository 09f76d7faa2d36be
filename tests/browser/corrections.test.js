// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { Corrections, TextChanged } from "../../frontend/static/frontend/js/corrections.js";
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { ReadText } from "../../frontend/static/frontend/js/view/read_text.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const region = (/** @type {string} */ text, more = {}) => ({ polygon: [], text, ...more });

const output = (/** @type {any[]} */ ...regions) => ({
  kind: "text", text: regions.map(({ text }) => text).join("\n"), regions, paragraphs: [],
});

const prediction = (/** @type {any} */ its) => ({
  id: 7, image: 1, upload: 13, model: "ocr", state: "succeeded", attempt: 1, output: its, error: null,
});

/** A store that knows one text, and corrections over it by these calls. */
function over(/** @type {any} */ its, /** @type {any} */ api) {
  const sync = {
    state: reduce(initialState(), { type: "snapshot", predictions: [prediction(its)] }),
    dispatch: (/** @type {any} */ message) => (sync.state = reduce(sync.state, message)),
  };
  const text = () => sync.state.predictions.get(7)?.output.text;
  return { sync, text, subject: new Corrections(api, /** @type {any} */ (sync)) };
}

const corrected = (/** @type {number} */ seq, /** @type {any} */ data) => ({
  type: "event", seq, kind: "prediction.corrected", upload: 13, image: 1, prediction: 7, data,
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What is read, on the page, with what is asked of the server. */
function shown(/** @type {any} */ its, /** @type {any} */ editing = {}) {
  /** @type {any[]} */
  const asked = [];
  const correct = async (/** @type {any[]} */ ...all) => void asked.push(all);
  const drafts = { draft: () => undefined, keepDraft: () => {} };
  const subject = new ReadText(its, () => {}, { correct, undo: correct, history: async () => [], ...drafts, ...editing });
  document.body.replaceChildren(subject.element);
  const find = (/** @type {string} */ selector) =>
    /** @type {any} */ (subject.element.querySelector(selector));
  const press = (/** @type {any} */ element, /** @type {string} */ key, more = {}) =>
    element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  return { subject, asked, find, press, lines: () => [...subject.element.querySelectorAll("li")] };
}

test("what was typed and not saved is there again, also of a line that reads otherwise by then", () => {
  const { subject: corrections, sync } = over(output(region("Helo"), region("Wrld")), {});
  const editing = {
    draft: (/** @type {number} */ line) => corrections.draft(7, line),
    keepDraft: (/** @type {number} */ line, /** @type {any} */ draft) => corrections.keepDraft(7, line, draft),
  };
  const before = shown(output(region("Helo"), region("Wrld")), editing);
  before.find(".line").click();
  equal(corrections.unsaved, []);
  before.find("textarea").value = "Hello";
  before.find("textarea").dispatchEvent(new Event("input"));
  equal(corrections.unsaved, [7]);
  const after = shown(output(region("Hullo"), region("Wrld")), editing);
  equal([after.find("textarea").value, after.find(".reading").textContent], ["Hello", "Hullo"]);
  sync.dispatch({ type: "removed", image: 1 });
  equal(corrections.unsaved.length, sync.state.predictions.has(7) ? 1 : 0);
  after.press(after.find("textarea"), "Escape");
  equal([corrections.draft(7, 0) ?? null, after.find("textarea")], [null, null]);
});

test("an answer to a correction is shown before its event comes", async () => {
  const { subject, text } = over(output(region("Helo")), {
    put: async () => prediction(output(region("Hello", { original: "Helo" }))),
  });
  await subject.correct(7, 0, { text: "Hello", seen: "Helo" });
  equal(text(), "Hello");
});

test("an answer that comes after a newer correction's event changes nothing", async () => {
  const { subject, sync, text } = over(output(region("Helo")), {
    put: async () => {
      sync.dispatch(corrected(1, prediction(output(region("Hello")))));
      sync.dispatch(corrected(2, prediction(output(region("Hullo")))));
      return prediction(output(region("Hello")));
    },
  });
  await subject.correct(7, 0, { text: "Hello", seen: "Helo" });
  equal(text(), "Hullo");
});

test("who corrects what another has corrected meanwhile is told what it reads", async () => {
  const { subject, text } = over(output(region("Helo")), {
    put: async () => {
      throw new ApiError(409, { code: "text_changed", message: "" });
    },
    prediction: async () => prediction(output(region("Hullo", { original: "Helo" }))),
  });
  const error = await subject.correct(7, 0, { text: "Hello", seen: "Helo" }).catch((each) => each);
  equal([error instanceof TextChanged, error.text, text()], [true, "Hullo", "Hullo"]);
});

test("a correction of a text too large for an event is read, and the old one shown until then", () => {
  const { sync, text } = over(output(region("Helo")), {});
  sync.dispatch(corrected(1, { ...prediction(null), truncated: true }));
  equal([text(), sync.state.predictions.get(7)?.truncated], ["Helo", true]);
  sync.dispatch({ type: "snapshot", predictions: [prediction(output(region("Hello")))] });
  equal([text(), sync.state.predictions.get(7)?.truncated], ["Hello", undefined]);
});

test("Enter begins a correction and ends it, saying what was seen, and the focus stays at the line", async () => {
  const { asked, find, press } = shown(output(region("Helo"), region("world")));
  find(".line").focus();
  press(find(".line"), "Enter");
  equal(document.activeElement === find("textarea"), true);
  find("textarea").value = "Hello";
  press(find("textarea"), "Enter");
  await settled();
  equal(asked, [[0, { text: "Hello", seen: "Helo" }]]);
  equal([find("textarea"), document.activeElement === find(".line")], [null, true]);
});

test("Enter that ends a syllable saves nothing", async () => {
  const { asked, find, press } = shown(output(region("Helo")));
  find(".line").click();
  find("textarea").value = "안녕";
  press(find("textarea"), "Enter", { isComposing: true });
  await settled();
  equal([asked, find("textarea").value], [[], "안녕"]);
});

test("Escape gives a correction up and goes no further", () => {
  const { asked, find, press } = shown(output(region("Helo")));
  find(".line").click();
  find("textarea").value = "Hello";
  const heard = press(find("textarea"), "Escape");
  equal([heard, asked, find(".line").textContent], [false, [], "Helo"]);
});

test("what another corrects while it is being corrected is shown, and one of both is chosen", async () => {
  const { subject, asked, find, press } = shown(output(region("Helo"), region("world")));
  find(".line").click();
  find("textarea").value = "Hello";
  subject.update(output(region("Hullo", { original: "Helo" }), region("World", { original: "world" })));
  equal([find(".other-text .reading").textContent, find("textarea").value], ["Hullo", "Hello"]);
  press(find("textarea"), "Enter", { ctrlKey: true });
  await settled();
  equal(asked, [[0, { text: "Hello", seen: "Hullo" }]]);
});

test("a refusal is said beside what was written, which stays", async () => {
  const correct = async () => {
    throw new ApiError(409, { code: "not_correctable", message: "Only recognized text can be corrected." });
  };
  const { find, press } = shown(output(region("Helo")), { correct });
  find(".line").click();
  find("textarea").value = "Hello";
  press(find("textarea"), "Enter");
  await settled();
  equal([find(".error").textContent, find("textarea").value], ["Only recognized text can be corrected.", "Hello"]);
});

test("a corrected line is marked, and tells what the model has read and what it read since", async () => {
  const steps = [{ id: 1, line: 0, before: "Helo", after: "Hello", at: "2030-01-01T00:00:00Z" }];
  const { find, asked } = shown(output(region("Hello", { original: "Helo" })), { history: async () => steps });
  equal(find(".corrected").textContent, "corrected");
  find(".line").click();
  equal(find(".line-before .reading").textContent, "Helo");
  find("details").open = true;
  await settled();
  await settled();
  equal(find(".history li span:last-child").textContent, "“Helo” → “Hello”");
  find("[data-testid=undo-correction]").click();
  await settled();
  equal(asked, [[0]]);
});

test("lines that are corrected elsewhere change by themselves, the others stay as they are", () => {
  const { subject, lines } = shown(output(region("Helo"), region("world")));
  const second = lines()[1].firstChild;
  subject.update(output(region("Hello", { original: "Helo" }), region("world")));
  equal(lines().map(({ textContent }) => textContent), ["Hellocorrected", "world"]);
  equal(lines()[1].firstChild === second, true);
});

test("a text without regions is read and not corrected", () => {
  const { find } = shown({ ...output(), text: "one\ntwo" });
  equal([find(".line"), find("li").textContent], [null, "one"]);
});
