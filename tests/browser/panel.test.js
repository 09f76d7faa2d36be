// @ts-check
import { RunForm } from "../../frontend/static/frontend/js/view/run_form.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const model = (/** @type {string} */ name, state = "READY") =>
  /** @type {any} */ ({ name, state, params_schema: null });

/** The model that is suggested. @param {any[]} models @param {string[]} tried */
function suggested(models, ...tried) {
  const form = new RunForm({
    title: "", id: "a", models, tried: new Map(tried.map((name) => [name, {}])), onRun: () => {}, images: () => [],
  });
  return form.select.value;
}

test("another model is suggested: one that runs and has not seen the photo, if there is one", () => {
  const models = [model("away", "UNAVAILABLE"), model("ocr"), model("cut-out")];
  equal(suggested(models), "ocr");
  equal(suggested(models, "ocr"), "cut-out");
  equal(suggested(models, "ocr", "cut-out"), "ocr");
  equal(suggested(models.slice(0, 1)), "away");
  equal(suggested([]), "");
});

test("a model that is run again begins with what it was run with", () => {
  const params_schema = { properties: { alpha: { type: "number", default: 1 }, crop: { type: "boolean" } } };
  /** @type {any} */
  let asked = null;
  const form = new RunForm({
    title: "", id: "a", models: [{ ...model("paint"), params_schema }], tried: new Map([["paint", { alpha: 0.5, crop: true }]]),
    onRun: (request) => (asked = request), images: () => [],
  });
  form.element.dispatchEvent(new Event("submit", { cancelable: true }));
  equal(asked, { model: "paint", params: { alpha: 0.5, crop: true } });
});

test("who was choosing is told that the model is gone, and until another is chosen", () => {
  const titled = (/** @type {string} */ name) => ({ ...model(name), title: `The ${name}` });
  const form = new RunForm({
    title: "", id: "a", models: [titled("paint"), titled("ocr"), titled("cut-out")], tried: new Map(), onRun: () => {}, images: () => [],
  });
  document.body.replaceChildren(form.element);
  form.setModels([titled("ocr"), titled("cut-out")]);
  equal([form.select.value, form.problem.textContent], ["ocr", ""]);
  form.select.focus();
  form.setModels([titled("cut-out")]);
  equal([form.select.value, form.problem.textContent], ["cut-out", "“The ocr” isn't available any more."]);
  form.setModels([titled("cut-out"), titled("new")]);
  equal(form.problem.textContent, "“The ocr” isn't available any more.");
  form.select.value = "new";
  form.select.dispatchEvent(new Event("change"));
  equal(form.problem.textContent, "");
});

test("what was filled in outlives a model's start, and a schema that changed does not", () => {
  const properties = { alpha: { type: "number" } };
  const paint = (/** @type {string} */ state, more = {}) => ({ ...model("paint", state), params_schema: { properties, ...more } });
  const form = new RunForm({
    title: "", id: "a", models: [paint("LOADING")], tried: new Map(), onRun: () => {}, images: () => [],
  });
  document.body.replaceChildren(form.element);
  const field = () => /** @type {HTMLInputElement} */ (form.element.querySelector("#a-alpha"));
  /** @type {HTMLDetailsElement} */ (form.element.querySelector("details")).open = true;
  field().focus();
  field().value = "0.5";
  form.setModels([model("cut-out"), paint("READY")]);
  equal(field().value, "0.5");
  form.setModels([paint("READY", { properties: { alpha: { type: "number", default: 1 } } })]);
  equal(field().value, "1");
});
