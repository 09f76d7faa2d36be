// @ts-check
import { schemaForm } from "../../frontend/static/frontend/js/view/schema_form.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const schema = {
  properties: { style_image: { type: "integer", format: "image-id" }, alpha: { type: "number" } },
};

test("a photo of one's own can be chosen as a parameter, among those there are when it is asked", () => {
  const photos = [{ id: 7, name: "sea.jpg" }];
  const form = schemaForm(schema, "p", () => photos);
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
