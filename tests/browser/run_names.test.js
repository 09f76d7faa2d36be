// @ts-check
import { runNames } from "../../frontend/static/frontend/js/run_names.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const models = /** @type {any[]} */ ([
  {
    name: "paint",
    params_schema: {
      properties: {
        style: { title: "Style", enum: ["ink", "pop-art"], default: "ink" },
        alpha: { title: "Strength", type: "number", default: 1 },
        keep: { title: "Keep colors", type: "boolean", default: false },
        image: { title: "Own style", format: "image-id", type: "integer" },
      },
    },
  },
]);

/** @param {any[]} runs model, parameters and version of each */
const named = (...runs) =>
  [...runNames(
    /** @type {any[]} */ (runs.map(([model, params, version = "1"], id) => ({ id, model, params, model_version: version }))),
    models, (name) => `The ${name}`,
  ).values()];

test("a model that ran once is its title, whatever it was asked", () => {
  equal(named(["paint", { alpha: 0.5 }], ["ocr", {}]), ["The paint", "The ocr"]);
});

test("results of one model are told apart by what was asked otherwise, a default being as good as given", () => {
  equal(named(["paint", {}], ["paint", { style: "pop-art" }]), ["The paint · Ink", "The paint · Pop art"]);
  equal(named(["paint", { style: "ink" }], ["paint", { keep: true }]), ["The paint", "The paint · Keep colors"]);
  equal(named(["paint", { image: 7 }], ["paint", { alpha: 0.5 }]), ["The paint · Strength 1 · Own style", "The paint · Strength 0.5"]);
});

test("versions are told where they differ, and what is the same is counted", () => {
  equal(named(["ocr", {}, "1"], ["ocr", {}, "2"]), ["The ocr · version 1", "The ocr · version 2"]);
  equal(named(["ocr", {}], ["ocr", {}], ["ocr", {}]), ["The ocr", "The ocr (2)", "The ocr (3)"]);
});

test("what a model was asked that nobody knows any more is told by its names", () => {
  equal(named(["gone", { size_limit: 3 }], ["gone", {}]), ["The gone · size limit 3", "The gone"]);
});
