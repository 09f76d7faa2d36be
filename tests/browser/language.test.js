// @ts-check
import { LANGUAGES, languageOf, told } from "../../frontend/static/frontend/js/language.js";
import * as en from "../../frontend/static/frontend/js/messages/en.js";
import * as ja from "../../frontend/static/frontend/js/messages/ja.js";
import * as ko from "../../frontend/static/frontend/js/messages/ko.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const ALL = { en, ko, ja };

/** @param {any} catalog @param {string} key @returns {string[]} a message's forms */
const forms = ({ messages }, key) =>
  typeof messages[key] === "string" ? [messages[key]] : Object.values(messages[key] ?? {});

/** @param {string} text */
const names = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("every language has the same messages, and none that is empty", () => {
  equal(Object.keys(ALL), Object.keys(LANGUAGES));
  for (const [code, catalog] of Object.entries(ALL)) {
    equal([code, Object.keys(catalog.messages)], [code, Object.keys(en.messages)]);
    const empty = Object.keys(catalog.messages).filter((key) => forms(catalog, key).some((form) => !form.trim()));
    equal([code, empty], [code, []]);
  }
});

test("a message names the same values in every language", () => {
  for (const key of Object.keys(en.messages)) {
    const wanted = names(forms(en, key)[0]);
    for (const [code, catalog] of Object.entries(ALL))
      for (const form of forms(catalog, key)) equal([code, key, names(form)], [code, key, wanted]);
  }
});

test("a message with several forms has those that its language tells apart", () => {
  for (const [code, catalog] of Object.entries(ALL)) {
    const wanted = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted();
    for (const [key, message] of Object.entries(catalog.messages)) {
      if (typeof message !== "string") equal([code, key, Object.keys(message).sort()], [code, key, wanted]);
    }
  }
});

test("what a tile says of its photo has room in one of a narrow phone", () => {
  // 360 px hold three of them.
  const tile = 106;
  const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  pen.font = "13px system-ui";
  for (const [code, { messages }] of Object.entries(ALL)) {
    const time = new Intl.NumberFormat(code, { style: "unit", unit: "second" }).formatRange(15, 30);
    const said = Object.keys(messages)
      .filter((key) => /^(stage|state)\.|^result\.(no_text|unread|no_label)$|^waiting\.before$|^time\.(in|ready_soon)$/.test(key))
      .map((key) => forms({ messages }, key)[0].replace("{count}", "12").replace("{time}", time));
    const cut = said.filter((text) => pen.measureText(text).width > tile);
    equal([code, cut], [code, []]);
  }
});

test("languages other than the server's say the same of its errors", () => {
  equal(Object.keys(ja.problems), Object.keys(ko.problems));
  equal(told({ code: "never_heard_of", message: "As told." }), "As told.");
});

test("a choice goes before the browser's wishes, and English before none that is known", () => {
  equal(languageOf("ja", ["ko-KR", "en"]), "ja");
  equal(languageOf(null, ["de-DE", "ko-KR", "en"]), "ko");
  equal(languageOf("toString", ["de"]), "en");
});
