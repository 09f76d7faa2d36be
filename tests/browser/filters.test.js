// @ts-check
import { Filters } from "../../frontend/static/frontend/js/view/filters.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const models = [{ name: "ocr", title: "Read text" }, { name: "digits", title: "Digits" }];

/** Filters of a page that was just opened, and each address they have led to. */
function opened() {
  history.pushState(null, "", location.pathname);
  /** @type {string[]} */
  const told = [];
  const filters = new Filters({ onChange: () => told.push(location.search), onSelect: () => {}, labels: () => ["cat"] });
  filters.setModels(models);
  document.body.replaceChildren(filters.element);
  filters.render({ hasPhotos: true, isLoaded: true, shown: 1 });
  filters.start();
  return { filters, told };
}

/** Choose in a field as a person does. @param {any} field @param {string} value @param {string} [kind] */
function choose(field, value, kind = "change") {
  field.focus();
  field.value = value;
  field.dispatchEvent(new Event(kind));
}

/** @param {"back"|"forward"} way */
async function go(way) {
  const moved = new Promise((resolve) => window.addEventListener("popstate", resolve, { once: true }));
  history[way]();
  await moved;
}

const typed = () => new Promise((resolve) => setTimeout(resolve, 350));

test("Back takes the filter that was chosen last away, and Forward brings it again", async () => {
  const { filters, told } = opened();
  choose(filters.model, "ocr");
  choose(filters.state, "failed");
  await go("back");
  equal([filters.model.value, filters.state.value, filters.query], ["ocr", "", "model=ocr"]);
  await go("back");
  equal([filters.model.value, filters.clear.hidden], ["", true]);
  await go("forward");
  equal(filters.model.value, "ocr");
  equal(told, ["?model=ocr", "?model=ocr&state=failed", "?model=ocr", "", "?model=ocr"]);
  filters.stop();
});

test("what is typed into the search is no step: Back takes it away with the filter before", async () => {
  const { filters } = opened();
  choose(filters.model, "ocr");
  choose(filters.text, "receipt", "input");
  await typed();
  equal(location.search, "?q=receipt&model=ocr");
  await go("back");
  equal([location.search, filters.text.value, filters.model.value], ["", "", ""]);
  filters.stop();
});

test("a day that is typed in several goes is one step, and so is a label", async () => {
  const { filters } = opened();
  filters.rest.hidden = false;
  for (const day of ["2026-03-01", "2026-03-12"]) choose(filters.from, day);
  for (const label of ["ca", "cat"]) {
    choose(filters.label, label, "input");
    await typed();
  }
  equal(location.search, "?label=cat&from=2026-03-12");
  await go("back");
  equal([location.search, filters.label.value], ["?from=2026-03-12", ""]);
  await go("back");
  equal([location.search, filters.from.value], ["", ""]);
  filters.stop();
});

test("clearing the filters is a step and keeps the focus near, and a filter that stays as it was is none", async () => {
  const { filters } = opened();
  choose(filters.model, "digits");
  filters.clear.focus();
  filters.clear.click();
  equal(document.activeElement === filters.select, true);
  choose(filters.model, "");
  await go("back");
  equal(filters.model.value, "digits");
  filters.stop();
});
