// @ts-check
import { languageIn, linesOf, ofAll, problem, remaining, shortName, shortStatus, shownName, span, status, summary } from "../../frontend/static/frontend/js/words.js";
import { canRetry } from "../../frontend/static/frontend/js/order.js";
import { fakes } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const prediction = (more = {}) => /** @type {any} */ ({ state: "queued", error: null, ...more });
const work = (more = {}) => /** @type {any} */ ({ stage: null, queuePosition: null, readyAt: null, ...more });

test("an estimate is told as the round numbers on both sides", () => {
  const { clock } = fakes();
  const said = [2_000, 7_000, 23_000, 55_000, 70_000, 75_000, 200_000].map((ms) => remaining(clock.now + ms));
  equal(said, [
    "ready soon", "ready in 5–10 sec", "ready in 15–30 sec", "ready in 40–90 sec", "ready in 50–90 sec",
    "ready in 1–2 min", "ready in 2–4 min",
  ]);
  equal([4_000_000, 5_000_000, 400_000_000].map(span), ["45–90 min", "1–2 hr", "more than 48 hr"]);
});

test("an estimate counts down, and one that was wrong is told no more", () => {
  const { clock } = fakes();
  const readyAt = clock.now + 30_000;
  const said = [0, 15_000, 12_000, 5_000, 10_000].map((ms) => {
    clock.now += ms;
    return remaining(readyAt);
  });
  equal(said, ["ready in 20–40 sec", "ready in 10–20 sec", "ready soon", "ready soon", ""]);
});

test("of many it is told how many are done, and how long the rest takes if that is known", () => {
  equal([ofAll(86, 250, "2–3 min"), ofAll(0, 2, "")], ["86 of 250 · 2–3 min", "0 of 2"]);
});

test("what waits says how many are before it", () => {
  fakes();
  const said = [null, 1, 3].map((queuePosition) => status(prediction(), work({ queuePosition })));
  equal(said, ["Waiting", "Next", "2 before this"]);
});

test("a tile says when a photo is ready, in fewer words than the viewer", () => {
  const { clock } = fakes();
  const doing = work({ queuePosition: 1, readyAt: clock.now + 12_000 });
  equal([shortStatus, status].map((say) => say(prediction(), doing)), ["In 10–15 sec", "Next, ready in 10–15 sec"]);
});

test("what can't be taken now says why instead of an estimate", () => {
  const { clock } = fakes();
  const waiting = { code: "model_unavailable", message: "The model 'ocr' can't be started right now." };
  const doing = work({ queuePosition: 1, readyAt: clock.now + 5_000, waiting });
  equal(status(prediction(), doing), "Waiting. The model 'ocr' can't be started right now.");
});

test("what runs is starting, perhaps its model first, then at a stage", () => {
  const running = prediction({ state: "running" });
  equal(status(running, work()), "Starting");
  equal(status(running, work({ stage: "load" })), "Starting model");
  equal(status(running, work({ stage: "detect" })), "Looking for text");
});

test("trying again is offered where it may help", () => {
  const failed = (/** @type {string} */ code) =>
    canRetry(prediction({ state: "failed", error: { code, message: "" } }));
  equal(["timeout", "model_crashed", "model_unavailable"].map(failed), [true, true, true]);
  equal(["unreadable_image", "model_not_found", "source_gone"].map(failed), [false, false, false]);
  equal([canRetry(prediction({ state: "canceled" })), canRetry(prediction())], [true, false]);
});

test("a model that is gone is told by what people call it, all else in the server's words", () => {
  const failed = (/** @type {string} */ code) =>
    problem(prediction({ state: "failed", model: "ocr", error: { code, message: "As told." } }), () => "Read text");
  equal(["model_not_found", "timeout"].map(failed), ["“Read text” isn't available any more.", "As told."]);
  equal(problem(prediction(), String), "");
});

test("a name's end is its end, and what joins its letters stays", () => {
  equal(shownName("gnp\u202egpj.exe"), "gnpgpj.exe");
  equal(shownName("\u2066a\u2069.png"), "a.png");
  for (const name of ["\u{1f469}\u200d\u{1f467}.png", "\u0645\u06cc\u200c\u062e.png", "a\\b \"c\".png"])
    equal(shownName(name), name);
});

test("within a sentence a long name is cut in its middle, between letters", () => {
  equal(shortName("IMG_0001.jpg"), "IMG_0001.jpg");
  equal(shortName(`${"\u{1f469}\u200d\u{1f467}".repeat(60)}_0001.jpg`), `${"\u{1f469}\u200d\u{1f467}".repeat(24)}…001.jpg`);
});

test("text without regions is told by its own lines", () => {
  const told = (/** @type {string} */ text, /** @type {any[]} */ regions = []) =>
    summary(/** @type {any} */ ({ output: { kind: "text", text, regions, notes: [] } }));
  equal([told("A cat.\n\nOn a mat."), told("A cat."), told(" "), told("", [{ text: "a" }])],
    ["2 lines of text", "1 line of text", "No text found", "1 line of text"]);
  equal(linesOf({ text: "A cat.\n", regions: [] }), [{ polygon: [], text: "A cat." }]);
});

test("text in letters that languages share is shown in the font of its own", () => {
  equal(languageIn("메뉴 Menu 7,000원"), "ko");
  equal(languageIn("東京タワー"), "ja");
  equal(languageIn("北京大学"), "zh");
  equal(languageIn("Menu 7"), "");
  equal(languageIn("일본어 かな 한국어"), "ko");
});
