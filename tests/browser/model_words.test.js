// @ts-check
import { inPageLanguage, translated } from "../../frontend/static/frontend/js/model_words.js";
import { words } from "../../frontend/static/frontend/js/messages/ko_models.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const STYLE = /** @type {import("server").Model} */ (/** @type {unknown} */ ({
  name: "style-transfer", title: "Paint in a style", description: "Our own words.", task: "style-transfer",
  card: { purpose: "Photos painted like a preset or like a picture of one's own.", license: "Apache-2.0" },
  languages: [], params_schema: {
    type: "object",
    properties: {
      style: { title: "Style", enum: ["ink", "our-own"], default: "ink" },
      alpha: { title: "Strength", description: "Our own hint.", type: "number" },
    },
  },
}));

test("what a model says is shown in the page's language, and what was changed as it is", () => {
  const { title, description, task, card, params_schema: schema } = translated(STYLE, words);
  equal([title, description, task], ["화풍으로 그리기", "Our own words.", "화풍 옮기기"]);
  equal(card, { purpose: "준비된 화풍이나 내 그림처럼 그린 사진.", license: "Apache-2.0" });
  equal(schema, {
    type: "object",
    properties: {
      style: { title: "화풍", enum: ["ink", "our-own"], default: "ink", enumNames: ["수묵화", null] },
      alpha: { title: "세기", description: "Our own hint.", type: "number" },
    },
  });
});

test("the numbers of a rectangle and the notes of a language are told too", () => {
  const numbers = [{ title: "Left", type: "integer" }, { title: "Width", type: "integer" }];
  const cutout = { ...STYLE, name: "background-removal", params_schema: { properties: { rect: { prefixItems: numbers } } } };
  const { prefixItems } = translated(cutout, words).params_schema.properties.rect;
  equal(prefixItems, [{ title: "왼쪽", type: "integer" }, { title: "너비", type: "integer" }]);
  const ocr = { ...STYLE, name: "ocr", languages: [{ code: "en" }, { code: "ko", note: "printed only" }] };
  equal(translated(ocr, words).languages.map(({ note }) => note), [undefined, "인쇄체만"]);
});

test("a model of an operator's own is not taken for a shipped one", () => {
  const own = { ...STYLE, name: "our-style" };
  equal(translated(own, words), own);
});

test("in English models are shown as they are", async () => {
  equal(await inPageLanguage([STYLE]), [STYLE]);
});
