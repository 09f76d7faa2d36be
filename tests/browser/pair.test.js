// @ts-check
import { SideBySide } from "../../frontend/static/frontend/js/view/side_by_side.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const result = (/** @type {number} */ id, /** @type {any} */ output) =>
  /** @type {any} */ ({ id, model: `model ${id}`, output });

test("the open result stands beside another one, which can be chosen, and pictures are let go of", () => {
  /** @type {string[]} */
  const shown = [];
  let hidden = 0;
  const pictures = { show: async (/** @type {any} */ _, /** @type {string} */ url) => shown.push(url), hide: () => (hidden += 1) };
  const subject = new SideBySide({ pictures: /** @type {any} */ (pictures) });
  document.body.replaceChildren(subject.element);
  const text = result(1, { kind: "text", text: "hello", regions: [] });
  const all = [text, result(2, { kind: "image", url: "/a" }), result(3, { kind: "labels", labels: [] })];
  const names = new Map(all.map(({ id }) => [id, `result ${id}`]));
  subject.show(text, all, names);
  equal([subject.title.textContent, subject.left.textContent], ["result 1", "hello"]);
  equal([[...subject.choice.options].map(({ text: name }) => name), shown], [["result 2", "result 3"], ["/a"]]);
  subject.choice.value = "3";
  subject.choice.dispatchEvent(new Event("change"));
  equal([hidden, subject.right.querySelector("img")], [1, null]);
  const corrected = result(1, { kind: "text", text: "hullo", regions: [] });
  subject.show(corrected, [corrected, ...all.slice(1)], names);
  equal([subject.left.textContent, subject.choice.value], ["hullo", "3"]);
  subject.hide();
  equal([subject.element.hidden, subject.left.textContent], [true, ""]);
});
