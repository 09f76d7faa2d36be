// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { Catalog } from "../../frontend/static/frontend/js/catalog.js";
import { Composer } from "../../frontend/static/frontend/js/view/composer.js";
import { NewPhotos } from "../../frontend/static/frontend/js/view/new_photos.js";
import { fakes, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const model = (/** @type {string} */ name, more = {}) => ({
  name, title: `The ${name}`, description: `${name}.`, task: null, card: {}, sample: null,
  output_kind: "text", desired_state: "loaded", default_version: "1",
  params_schema: {}, versions: [], state: "READY", languages: [], ...more,
});

/** A started catalog; `answers` are what the server has. */
function started() {
  const { clock } = fakes();
  const world = { answers: /** @type {any[]} */ ([model("ocr")]), calls: 0, changes: 0, errors: 0 };
  const api = {
    models: async () => {
      world.calls += 1;
      if (!world.answers.length) throw new TypeError("network");
      return world.answers;
    },
  };
  const catalog = new Catalog({
    api: /** @type {any} */ (api),
    onChange: () => (world.changes += 1),
    onError: () => (world.errors += 1),
  });
  catalog.start();
  return { world, catalog, clock };
}

const composerOf = (/** @type {any[]} */ models) =>
  new Composer({
    models, preferred: ["ocr"], onModel: () => {}, formats: [], onFiles: () => {},
    pictures: /** @type {any} */ ({ show: async () => false, hide: () => {} }), fetchPhoto: async () => new Blob(),
  });

/** @param {HTMLSelectElement} select */
const options = (select) => [...select.options].map(({ textContent }) => textContent);

/** As a person chooses a model. @param {Composer} composer @param {string} name */
const choose = (composer, name) => {
  composer.tiles.value = name;
  composer.tiles.element.querySelector("input:checked")?.dispatchEvent(new Event("change"));
};

test("a model that comes is known without a reload", async () => {
  const { world, catalog, clock } = started();
  await settled();
  world.answers = [model("ocr"), model("brightness")];
  await clock.pass(31_000);
  equal([catalog.models.map(({ name }) => name), world.changes], [["ocr", "brightness"], 2]);
  catalog.stop();
});

test("who comes back to the page sees at once what has changed", async () => {
  const { world, catalog } = started();
  await settled();
  world.answers = [model("brightness")];
  window.dispatchEvent(new Event("focus"));
  await settled();
  equal(catalog.models.map(({ name }) => name), ["brightness"]);
  catalog.stop();
});

test("who turns to the models sees what has changed, without asking at every turn", async () => {
  const { world, catalog, clock } = started();
  const { sheet } = new NewPhotos(/** @type {any} */ ({}), "ocr", "mina", catalog.onTurnedTo);
  const turn = (/** @type {string} */ kind) => {
    sheet.content.dispatchEvent(new Event(kind));
    return settled();
  };
  await settled();
  world.answers = [model("brightness")];
  await turn("pointerenter");
  equal(world.calls, 1);
  await clock.pass(4_000);
  await turn("pointerenter");
  await turn("focusin");
  equal([world.calls, catalog.models.map(({ name }) => name)], [2, ["brightness"]]);
  catalog.stop();
});

test("news are read within a second, and after what was being read, which may be older", async () => {
  const { world, catalog, clock } = started();
  const reading = catalog.onNews();
  world.answers = [model("brightness")];
  await reading;
  equal([world.calls, catalog.models.map(({ name }) => name)], [1, ["ocr"]]);
  await clock.pass(1_000);
  equal([world.calls, catalog.models.map(({ name }) => name)], [2, ["brightness"]]);
  await clock.pass(29_000);
  equal(world.calls, 2);
  await clock.pass(2_000);
  equal(world.calls, 3);
  catalog.stop();
  await catalog.onNews();
  equal(clock.waiting, 0);
});

test("a refusal that is of a model has them read again, and no other one", async () => {
  const { world, catalog } = started();
  await settled();
  const refuse = (/** @type {string} */ code) => {
    catalog.onRefusal(new ApiError(409, { code, message: "No." }));
    return settled();
  };
  await refuse("quota_exceeded");
  catalog.onRefusal(new TypeError("network"));
  equal(world.calls, 1);
  await refuse("model_not_found");
  equal(world.calls, 2);
  catalog.stop();
});

test("the same answer is no change", async () => {
  const { world, catalog, clock } = started();
  await clock.pass(100_000);
  equal([world.calls > 3, world.changes], [true, 1]);
  catalog.stop();
});

test("a stopped catalog asks no more", async () => {
  const { world, catalog, clock } = started();
  await settled();
  catalog.stop();
  window.dispatchEvent(new Event("focus"));
  await clock.pass(100_000);
  equal([world.calls, clock.waiting], [1, 0]);
});

test("what is known stays when the server can't be asked", async () => {
  const { world, catalog, clock } = started();
  await settled();
  world.answers = [];
  await clock.pass(31_000);
  equal([catalog.models.length, world.errors], [1, 0]);
  catalog.stop();
});

test("languages are those that the model reads", () => {
  const languages = [{ code: "en" }, { code: "ja", note: "printed" }];
  const composer = composerOf([model("ocr", { languages }), model("brightness")]);
  equal(options(composer.imageType), ["Automatic", "English", "Japanese (printed)"]);
  choose(composer, "brightness");
  equal(composer.imageTypeField.hidden, true);
  composer.close();
});

test("a model that no worker has now is marked, and its photos are said to wait", () => {
  const composer = composerOf([model("ocr", { state: "UNAVAILABLE" }), model("brightness")]);
  const titles = [...composer.tiles.element.querySelectorAll(".model-title")].map(({ textContent }) => textContent);
  equal(titles, ["The ocr (not running)", "The brightness"]);
  equal(composer.card.state.textContent, "No worker runs it now: photos wait for one.");
  composer.close();
});

test("a model that refuses photos now says why", () => {
  const refusal = { code: "model_unavailable", message: "The model 'ocr' can't be started right now." };
  const composer = composerOf([model("ocr", { state: "UNAVAILABLE", refusal })]);
  equal(composer.card.state.textContent, refusal.message);
  composer.close();
});

test("a model tells what it is for, and offers its photo to those who have none", async () => {
  const taken = /** @type {any[]} */ ([]);
  const card = { limits: "No handwriting.", purpose: "Pages." };
  const told = model("ocr", { task: "text-recognition", card, sample: "/api/models/ocr/sample/" });
  const composer = new Composer({
    models: [told, model("brightness")], preferred: ["ocr"], onModel: () => {}, formats: [],
    pictures: /** @type {any} */ ({ show: async () => true, hide: () => {} }),
    fetchPhoto: async (path) => new Blob([path], { type: "image/jpeg" }),
    onFiles: (files, request) => taken.push([files[0].name, files[0].type, request.model]),
  });
  const words = [...composer.card.entries.children].map(({ textContent }) => textContent);
  equal(words, ["Task", "Text recognition", "What it is for", "Pages.", "What it can't do", "No handwriting."]);
  composer.card.sample.click();
  await settled();
  equal(taken, [["ocr.jpg", "image/jpeg", "ocr"]]);
  choose(composer, "brightness");
  equal([composer.card.sample.hidden, composer.card.about.hidden], [true, true]);
  composer.close();
});

test("the chosen model stays chosen, and one that is gone is named by its title", () => {
  const composer = composerOf([model("ocr"), model("brightness")]);
  choose(composer, "brightness");
  composer.setModels([model("another"), model("ocr"), model("brightness")]);
  equal([composer.tiles.value, composer.problem.textContent], ["brightness", ""]);
  composer.setModels([model("another"), model("ocr")]);
  equal(composer.tiles.value, "ocr");
  equal(composer.problem.textContent, "“The brightness” isn't available any more.");
  choose(composer, "another");
  equal(composer.problem.textContent, "");
  composer.close();
});
