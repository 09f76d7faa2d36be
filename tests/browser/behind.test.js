// @ts-check
import { Behind } from "../../frontend/static/frontend/js/view/behind.js";
import { Stage } from "../../frontend/static/frontend/js/view/stage.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

test("a color is seen behind a picture, and the checkerboard again", () => {
  const stage = document.createElement("div");
  const behind = new Behind(stage);
  const pressed = () => behind.buttons.map((each) => each.getAttribute("aria-pressed"));
  equal(pressed(), ["true", "false", "false"]);
  behind.buttons[1].click();
  equal([stage.style.getPropertyValue("--behind"), pressed()], ["#ffffff", ["false", "true", "false"]]);
  behind.own.value = "#102030";
  behind.own.dispatchEvent(new Event("input"));
  equal([stage.style.getPropertyValue("--behind"), pressed()], ["#102030", ["false", "false", "false"]]);
  behind.buttons[0].click();
  equal([stage.style.getPropertyValue("--behind"), pressed()], ["", ["true", "false", "false"]]);
});

test("it is offered for what is transparent alone", () => {
  const stage = new Stage({
    pictures: /** @type {any} */ ({ show: async () => true, hide: () => {} }), onPoint: () => {}, onSwipe: () => {},
  });
  const image = /** @type {any} */ ({ id: 1, name: "a.png", width: 4, height: 4, file: "/f", display: "/f" });
  const made = (/** @type {any} */ output) =>
    stage.render(image, /** @type {any} */ ({ id: 1, output: { url: "/r", width: 4, height: 4, ...output } }), [], "");
  made({ kind: "image", transparent: true });
  equal(stage.behind.element.hidden, false);
  made({ kind: "image", transparent: false });
  equal(stage.behind.element.hidden, true);
  made({ kind: "image", transparent: true });
  stage.before.click();
  stage.after.click();
  equal(stage.behind.element.hidden, false);
  stage.render(image, null, [], "");
  equal(stage.behind.element.hidden, true);
});
