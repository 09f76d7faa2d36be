// @ts-check
import { runAnother } from "../../frontend/static/frontend/js/view/panel.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const model = (/** @type {string} */ name, state = "READY") =>
  /** @type {any} */ ({ name, state, params_schema: null });

/** The model that is suggested. @param {any[]} models @param {string[]} tried */
function suggested(models, ...tried) {
  const form = runAnother({
    title: "", id: "a", models, tried: new Set(tried), onRun: () => {}, images: () => [],
  });
  return form.querySelector("select")?.value;
}

test("another model is suggested: one that runs and has not seen the photo, if there is one", () => {
  const models = [model("away", "UNAVAILABLE"), model("ocr"), model("cut-out")];
  equal(suggested(models), "ocr");
  equal(suggested(models, "ocr"), "cut-out");
  equal(suggested(models, "ocr", "cut-out"), "ocr");
  equal(suggested(models.slice(0, 1)), "away");
  equal(suggested([]), "");
});
