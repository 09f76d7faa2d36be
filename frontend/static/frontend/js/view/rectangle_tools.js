// @ts-check
/** Beside the four numbers of a rectangle: drawing it on the photo that is shown, and giving none. */

import { t } from "../language.js";
import { button, h } from "./dom.js";

/**
 * What draws rectangles on a photo.
 * @typedef {object} Draws
 * @property {(wish: import("./drawing.js").Wish) => void|Promise<void>} begin
 * @property {(rectangle: import("../rectangle.js").Rectangle) => void} update
 * @property {() => void} end
 */

/**
 * @param {object} parts
 * @param {string} parts.title what the rectangle is
 * @param {HTMLInputElement[]} parts.inputs its left, top, width and height
 * @param {Draws} parts.drawing
 */
export function rectangleTools({ title, inputs, drawing }) {
  let isDrawn = false;
  const read = () => {
    const numbers = inputs.map(({ value, valueAsNumber }) => (value === "" ? NaN : valueAsNumber));
    const isWhole = numbers.every((each) => Number.isInteger(each) && each >= 0) && numbers[2] > 0 && numbers[3] > 0;
    return isWhole ? /** @type {import("../rectangle.js").Rectangle} */ (numbers) : null;
  };
  const begin = async () => {
    isDrawn = true;
    show();
    const ended = () => {
      isDrawn = false;
      show();
    };
    const begun = drawing.begin({
      title,
      rectangle: read(),
      onChange: (rectangle) => {
        rectangle.forEach((each, at) => (inputs[at].value = String(each)));
        show();
      },
      onEnd: (hadFocus) => {
        ended();
        if (hadFocus) draw.focus();
      },
    });
    await begun?.catch(ended);
  };
  const draw = button("draw", t("draw"), () => (isDrawn ? drawing.end() : void begin()), { "data-testid": "draw" });
  const clear = h(
    "button",
    {
      type: "button", class: "button", "data-testid": "clear-rectangle", "aria-label": t("draw.clear_of", { title }),
      onclick: () => {
        if (isDrawn) drawing.end();
        for (const input of inputs) input.value = "";
        draw.focus();
        show();
      },
    },
    t("draw.clear"),
  );
  const show = () => {
    draw.setAttribute("aria-pressed", String(isDrawn));
    clear.hidden = inputs.every(({ value }) => value === "");
  };
  for (const input of inputs) {
    input.addEventListener("input", () => {
      const rectangle = read();
      if (isDrawn && rectangle) drawing.update(rectangle);
      show();
    });
  }
  show();
  return h("div", { class: "row" }, draw, clear);
}
