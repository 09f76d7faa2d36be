// @ts-check
/** The parameters of models, as their JSON Schemas have them. */

import { formatName } from "./formats.js";
import { sentenceCase } from "./words.js";

/** Parameters as they count: one that is left out has its default.
 * @param {import("server").ParamsSchema|undefined} schema @param {Record<string, any>} params @returns {Record<string, any>} */
export function withDefaults(schema, params) {
  /** @type {[string, any][]} */
  const properties = Object.entries(schema?.properties ?? {});
  const defaults = properties.filter(([, property]) => property?.default !== undefined);
  return { ...Object.fromEntries(defaults.map(([name, property]) => [name, property.default])), ...params };
}

/** JSON that is the same for what is equal: databases keep the names of an object in orders of their own.
 * @param {any} value */
export const canonical = (value) =>
  JSON.stringify(value, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** What people call a parameter. @param {string} name @param {any} property */
export const titleOfParam = (name, property) => property?.title ?? name.replaceAll("_", " ");

/** What people call one of a parameter's values. @param {any} property @param {any} value */
export function choiceName(property, value) {
  const named = property.enumNames?.[property.enum.indexOf(value)];
  if (named) return named;
  return typeof value === "string" ? (formatName(value) ?? sentenceCase(value)) : String(value);
}

/** A parameter and its value in a few words. @param {string} name @param {any} property @param {any} value */
export function paramWords(name, property, value) {
  if (property?.enum) return choiceName(property, value);
  const title = titleOfParam(name, property);
  if (["number", "string"].includes(typeof value) && property?.format !== "image-id") return `${title} ${value}`;
  return title;
}
