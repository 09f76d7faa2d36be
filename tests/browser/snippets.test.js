// @ts-check
import { snippets } from "../../frontend/static/frontend/js/snippets.js";
import { FromProgram } from "../../frontend/static/frontend/js/view/from_program.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const asked = (params = {}) => ({ origin: "https://photos.example", model: "ocr", version: "2", params });

/** @param {object} [params] */
const texts = (params) => Object.fromEntries(snippets(asked(params)).map(({ id, text }) => [id, text]));

test("each program names the address, the model and its version, and parameters if there are any", () => {
  for (const text of Object.values(texts())) {
    equal([text.includes("https://photos.example/api/uploads/"), text.includes("params=")], [true, text.includes("httpx")]);
    equal(text.includes("DARKROOM_API_KEY"), true);
  }
  equal(texts().curl.includes("--form-string 'model=ocr'"), true);
  equal(texts({ alpha: 0.5 }).javascript.includes('form.append("params", "{\\"alpha\\":0.5}");'), true);
  equal(texts({ alpha: 0.5 }).python.includes('"params": "{\\"alpha\\":0.5}",'), true);
});

test("what somebody has typed stays a text in every program", () => {
  const { curl, python } = texts({ name: `it's "$HOME"` });
  equal(curl.includes(`'params={"name":"it'\\''s \\"$HOME\\""}'`), true);
  equal(python.includes(`"{\\"name\\":\\"it's`), true);
});

test("what is copied is the program that was chosen, for the result that is shown", async () => {
  /** @type {string[]} */
  const copied = [];
  const subject = new FromProgram((text) => copied.push(text));
  document.body.append(subject.element);
  const prediction = (/** @type {string} */ model) =>
    /** @type {any} */ ({ model, model_version: "1", params: {} });
  subject.render(prediction("ocr"));
  subject.element.open = true;
  const find = async (/** @type {string} */ selector) => {
    while (!subject.element.querySelector(selector)) await new Promise((resolve) => setTimeout(resolve, 5));
    return /** @type {HTMLElement} */ (subject.element.querySelector(selector));
  };
  (await find(".tab:nth-child(2)")).click();
  (await find('.tab:nth-child(2)[aria-pressed="true"]')).click();
  (await find("[data-testid=copy-snippet]")).click();
  equal([copied.length, copied[0].includes("import httpx"), copied[0].includes('"model": "ocr"')], [1, true, true]);
  subject.render(null);
  equal(subject.element.hidden, true);
  subject.element.remove();
});
