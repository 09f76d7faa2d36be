// @ts-check
/**
 * What models say of themselves, in the page's language where it is known: the server has their
 * authors' words alone. Each text stands for itself, so that one that was changed is shown as it is.
 *
 * @typedef {[names: string[], texts: Record<string, string>]} Words of models of these names, and for
 * each of the server's texts the same in another language
 * @typedef {import("./api.js").Model} Model
 */

import { language } from "./language.js";

/** @type {Partial<Record<import("./language.js").Language, () => Promise<{words: Words[]}>>>} */
const CATALOGS = {
  ko: () => import("./messages/ko_models.js"),
  ja: () => import("./messages/ja_models.js"),
};

/** These models in the page's language; as they are where its words can't be had.
 * @param {Model[]} models */
export async function inPageLanguage(models) {
  const catalog = await CATALOGS[language]?.().catch(() => null);
  return catalog ? models.map((model) => translated(model, catalog.words)) : models;
}

/** @param {Model} model @param {Words[]} words @returns {Model} */
export function translated(model, words) {
  const texts = new Map(
    words.filter(([names]) => names.includes(model.name)).flatMap(([, each]) => Object.entries(each)),
  );
  if (texts.size === 0) return model;
  const told = (/** @type {any} */ text) => texts.get(text) ?? text;
  const { properties } = model.params_schema;
  return {
    ...model,
    title: told(model.title),
    description: told(model.description),
    task: told(model.task),
    card: mapped(model.card, told),
    languages: model.languages.map((each) => ({ ...each, note: told(each.note) })),
    params_schema: properties
      ? { ...model.params_schema, properties: mapped(properties, (each) => property(each, told)) }
      : model.params_schema,
  };
}

/** A parameter with its title, its sentence, and what its values are called.
 * @param {any} schema @param {(text: any) => any} told */
function property(schema, told) {
  const { title, description, prefixItems, enum: values } = schema;
  return {
    ...schema,
    ...(title && { title: told(title) }),
    ...(description && { description: told(description) }),
    ...(prefixItems && { prefixItems: prefixItems.map((/** @type {any} */ each) => property(each, told)) }),
    ...(values && { enumNames: values.map((/** @type {any} */ each) => (told(each) === each ? null : told(each))) }),
  };
}

/** @template {Record<string, any>} T @param {T} object @param {(value: any) => any} change @returns {T} */
const mapped = (object, change) =>
  /** @type {T} */ (Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)])));
