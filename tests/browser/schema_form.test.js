// @ts-check
import { schemaForm } from "../../frontend/static/frontend/js/view/schema_form.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const schema = {
  properties: { style_image: { type: "integer", format: "image-id" }, alpha: { type: "number" } },
};

test("a photo of one's own can be chosen as a parameter, among those there are when it is asked", () => {
  const photos = [{ id: 7, name: "sea.jpg" }];
  const form = schemaForm(schema, "p", { images: () => photos });
  const select = form.element.querySelector("select");
  equal(form.value(), {});
  photos.unshift({ id: 9, name: "hills.jpg" });
  select?.dispatchEvent(new Event("focus"));
  equal([...(select?.options ?? [])].map(({ text }) => text), ["None", "hills.jpg (9)", "sea.jpg (7)"]);
  if (select) select.value = "7";
  equal(form.value(), { style_image: 7 });
  photos.unshift({ id: 11, name: "sky.jpg" });
  select?.dispatchEvent(new Event("focus"));
  equal(form.value(), { style_image: 7 });
});

const rectangle = {
  properties: {
    rect: {
      type: "array",
      title: "Where",
      minItems: 2,
      maxItems: 2,
      prefixItems: [
        { title: "Left", type: "integer", minimum: 0 },
        { title: "Width", type: "integer", minimum: 1 },
      ],
    },
  },
};

test("a list of numbers with titles has a labelled field for each, all filled in or none", () => {
  const form = schemaForm(rectangle, "p");
  const [left, width] = form.element.querySelectorAll("input");
  equal([...form.element.querySelectorAll("label")].map(({ textContent }) => textContent), ["Left", "Width"]);
  equal(form.value(), {});
  left.value = "10";
  let said = "";
  try {
    form.value();
  } catch (error) {
    said = error.message;
  }
  equal(said, "Where: fill in every number, or none.");
  width.value = "30";
  equal(form.value(), { rect: [10, 30] });
});

test("options are closed unless one must be given, and open where one can't be read", () => {
  equal(schemaForm({ ...rectangle, required: ["rect"] }, "p").element.open, true);
  equal(schemaForm({ properties: {} }, "p").element.hidden, true);
  const { element, value } = schemaForm(rectangle, "p");
  equal([element.open, element.hidden], [false, false]);
  element.querySelector("input").value = "10";
  try {
    value();
  } catch {
    equal(element.open, true);
  }
  equal(element.open, true);
});

test("values have the names that a schema gives them, or else are written as people write them", () => {
  const properties = { style: { enum: ["pop-art", "ink"], enumNames: [null, "수묵화"] }, format: { enum: ["png", "webp", 2] } };
  const form = schemaForm({ properties, required: ["style", "format"] }, "p");
  equal([...form.element.querySelectorAll("option")].map(({ text }) => text), ["Pop art", "수묵화", "PNG", "WebP", "2"]);
  equal(form.value(), { style: "pop-art", format: "png" });
});
