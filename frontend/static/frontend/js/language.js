// @ts-check
/**
 * The page's language, and its messages in it: the one chosen here, else the first of the browser's
 * that there are messages for. It stays the same while the page lives; another one is a reload.
 *
 * @typedef {keyof typeof import("./messages/en.js").messages} Key
 * @typedef {"en"|"ko"|"ja"} Language
 * @typedef {string|Partial<Record<Intl.LDMLPluralRule, string>> & {other: string}} Message names in
 * braces stand for values; one with several forms is chosen by its value `count`
 * @typedef {Record<Key, Message>} Messages
 */

import { Kept } from "./kept.js";

/** What each calls itself. @type {Record<Language, string>} */
export const LANGUAGES = { en: "English", ko: "한국어", ja: "日本語" };

/** The messages, and what the server's codes mean where its own sentences are in another language.
 * @type {Record<Language, () => Promise<{messages: Messages, problems?: Record<string, string>}>>} */
const CATALOGS = {
  en: () => import("./messages/en.js"),
  ko: () => import("./messages/ko.js"),
  ja: () => import("./messages/ja.js"),
};

const kept = new Kept("darkroom.language");

/** @param {string|undefined|null} tag of BCP 47 @returns {tag is Language} */
const isSpoken = (tag) => Boolean(tag && Object.hasOwn(LANGUAGES, tag));

/** @param {string} tag */
const withoutRegion = (tag) => tag.toLowerCase().split("-")[0];

/** @param {string|null} chosen @param {readonly string[]} wanted the browser's, most wanted first
 * @returns {Language} */
export const languageOf = (chosen, wanted) =>
  [chosen, ...wanted.map(withoutRegion)].find(isSpoken) ?? "en";

export const language = languageOf(kept.read(), navigator.languages);

/** With the region, by which dates and numbers are written. */
export const locale =
  navigator.languages.find((each) => withoutRegion(each) === language) ?? language;

const { messages, problems = {} } = await CATALOGS[language]();
const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

/** @param {Language} choice */
export function speak(choice) {
  kept.write(choice);
  location.reload();
}

/** @param {number} value */
export const number = (value) => numbers.format(value);

/** A message. @param {Key} key @param {Record<string, string|number>} [values] */
export function t(key, values = {}) {
  const message = messages[key];
  const form =
    typeof message === "string"
      ? message
      : (message[plurals.select(Number(values.count))] ?? message.other);
  return form.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : value;
  });
}

/** What the server says, in the page's language where its code is known.
 * @param {{code: string, message: string, field?: string}} said */
export const told = ({ code, message, field }) =>
  problems[`${code}.${field}`] ?? problems[code] ?? message;
