// @ts-check
/** What the results of a photo are called: by their models, and those of one model by what differs. */

import { number, t } from "./language.js";
import { canonical, paramWords, withDefaults } from "./params.js";

/** @typedef {import("./store.js").Prediction} Prediction */

/** So many differences are told of each. */
const MOST = 2;

/** @param {Prediction[]} predictions of one photo, oldest first
 * @param {import("./api.js").Model[]} models
 * @param {(name: string) => string} titleOf @returns {Map<number, string>} by their ids */
export function runNames(predictions, models, titleOf) {
  /** @type {Map<number, string>} */
  const names = new Map();
  for (const model of new Set(predictions.map((each) => each.model))) {
    const runs = predictions.filter((each) => each.model === model);
    const title = titleOf(model);
    const schema = models.find(({ name }) => name === model)?.params_schema;
    const differences = runs.length > 1 ? differencesOf(runs, schema) : [[]];
    const known = new Map();
    runs.forEach(({ id }, at) => {
      const name = [title, ...differences[at]].join(" · ");
      const before = known.get(name) ?? 0;
      known.set(name, before + 1);
      // Run with the same once more.
      names.set(id, before ? `${name} (${number(before + 1)})` : name);
    });
  }
  return names;
}

/** For each run in what it differs from the others. @param {Prediction[]} runs
 * @param {import("server").ParamsSchema|undefined} schema */
function differencesOf(runs, schema) {
  const params = runs.map((each) => withDefaults(schema, each.params));
  const keys = [...new Set(params.flatMap(Object.keys))];
  const differing = keys.filter((key) => new Set(params.map((each) => canonical(each[key]))).size > 1);
  const isVersioned = new Set(runs.map((each) => each.model_version)).size > 1;
  return runs.map(({ model_version: version }, at) => {
    const told = differing.filter((key) => ![undefined, null, false].includes(params[at][key]));
    const words = told.slice(0, MOST).map((key) => paramWords(key, schema?.properties?.[key], params[at][key]));
    return isVersioned ? [...words, t("details.of_version", { version })] : words;
  });
}
