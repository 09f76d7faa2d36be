// @ts-check
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { commands, possible } from "../../frontend/static/frontend/js/commands.js";
import { formsOf } from "../../frontend/static/frontend/js/saving.js";
import { newestText } from "../../frontend/static/frontend/js/selectors.js";
import { SignedOut } from "../../frontend/static/frontend/js/sign_in.js";
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { facts } from "../../frontend/static/frontend/js/view/panel.js";
import { RunForm } from "../../frontend/static/frontend/js/view/run_form.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const prediction = (/** @type {number} */ id, state = "queued") => ({
  id, image: id, upload: 13, model: "ocr", state, attempt: 0, output: null, error: null,
});

const image = (/** @type {number} */ id, state = "queued") => ({
  id, upload: 13, position: id, name: `${id}.jpg`, prediction: prediction(id, state),
});

/** The commands over an upload of these images, with these of the API's calls. */
function over(/** @type {any[]} */ images, /** @type {any} */ api) {
  const uploads = [{ id: 13, model: "ocr", images }];
  const sync = {
    state: reduce(initialState(), { type: "snapshot", uploads }),
    dispatch: (/** @type {any} */ message) => (sync.state = reduce(sync.state, message)),
  };
  /** @type {string[]} */
  const said = [];
  /** @type {any} */
  let action = null;
  const notices = { show: (/** @type {string} */ text, /** @type {string} */ _kind, /** @type {any} */ offered) => {
    said.push(text);
    action = offered;
  } };
  /** @type {number[]} */
  const back = [];
  const trash = { put: () => {}, forget: () => {}, takeBack: (/** @type {number[]} */ ids) => back.push(...ids) };
  /** @type {any[]} */
  const refusals = [];
  const onRefusal = (/** @type {any} */ error) => refusals.push(error.code);
  /** @type {number[][]} */
  const turnedTo = [];
  const turnTo = (/** @type {number[]} */ ids) => turnedTo.push(ids);
  const parts = { api, sync, notices, trash, open: () => {}, turnTo, again: () => {}, onRefusal };
  const undo = () => action.run();
  return { said, sync, back, refusals, turnedTo, undo, subject: commands(/** @type {any} */ (parts)) };
}

/** Lets promises go on. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("what is canceled together is canceled from its end", async () => {
  /** @type {number[]} */
  const asked = [];
  const cancel = async (/** @type {number} */ id) => {
    asked.push(id);
    return prediction(id, "canceled");
  };
  const { subject, sync } = over([image(1), image(2, "succeeded"), image(3)], { cancel });
  subject.cancel([1, 3]);
  await settled();
  equal(asked, [3, 1]);
  equal([...sync.state.predictions.values()].map(({ state }) => state), ["canceled", "succeeded", "canceled"]);
});

test("who takes a deletion back is at the photos that are there again", () => {
  const { subject, back, turnedTo, undo } = over([image(1), image(2), image(3)], {});
  subject.remove([1, 3]);
  equal([back, turnedTo], [[], []]);
  undo();
  equal([back, turnedTo], [[1, 3], [[1, 3]]]);
});

test("what could not be done is told, with its reason", async () => {
  const gone = new ApiError(404, { code: "model_not_found", message: "There is no such model." });
  const { subject, said, refusals } = over([image(1)], { run: () => Promise.reject(gone) });
  subject.run([1], { model: "gone" });
  await settled();
  equal([said, refusals], [["There is no such model."], ["model_not_found"]]);
});

test("what ends while all is canceled is no error and stops nothing", async () => {
  /** @type {number[]} */
  const asked = [];
  const cancel = async (/** @type {number} */ id) => {
    asked.push(id);
    throw new ApiError(409, { code: "not_cancelable", message: "It has ended." });
  };
  const { subject, said } = over([image(1), image(2)], { cancel });
  subject.cancel([1, 2]);
  await settled();
  equal([asked, said], [[2, 1], []]);
});

test("where a minute's requests are used up the others are done after it", async () => {
  /** @type {number[]} */
  const asked = [];
  const pin = async (/** @type {number} */ id) => {
    asked.push(id);
    if (asked.length === 2) throw new ApiError(429, { code: "too_many_requests", message: "Later." }, "0");
    return image(id);
  };
  const { subject, said } = over([image(1), image(2)], { pin });
  subject.pin([1, 2], true);
  while (!said.length) await settled();
  equal(asked, [1, 2, 2]);
  equal(said.length, 1);
});

test("any other trouble stops it and is told", async () => {
  /** @type {number[]} */
  const asked = [];
  const cancel = async (/** @type {number} */ id) => {
    asked.push(id);
    throw new ApiError(503, { code: "database_unavailable", message: "Not now." });
  };
  const { subject, said } = over([image(1), image(2)], { cancel });
  subject.cancel([1, 2]);
  await settled();
  equal([asked, said], [[2], ["Not now."]]);
});

test("where there is no clipboard, copying says so", async () => {
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
  const { subject, said } = over([image(1)], {});
  subject.copy("text");
  await settled();
  equal(said, ["The browser doesn't allow copying here."]);
});

test("what a photo took is told without its waiting, and not when it was run as when it was sent", () => {
  const timing = { total_ms: 26_000, queue_ms: 23_000, compute_ms: 2_000 };
  const run = { ...prediction(1, "succeeded"), timing, created_at: "2030-01-01T00:00:00Z" };
  const [list] = facts(/** @type {any} */ ({ size: 1 }), /** @type {any} */ (run), undefined, String);
  const told = (/** @type {string} */ term) =>
    [...list.querySelectorAll("dt")].find(({ textContent }) => textContent === term)
      ?.nextElementSibling?.textContent;
  equal([told("Took"), told("Waited")], ["3 sec, of which 2 sec in the model", "23 sec"]);
  equal(told("Sent"), undefined);
});

test("another model is one that the photo has not had yet", () => {
  const models = /** @type {any[]} */ (["ocr", "brightness"].map((name) => ({ name, state: "READY" })));
  const chosen = (/** @type {string[]} */ ...tried) =>
    new RunForm({ title: "", id: "a", models, tried: new Map(tried.map((each) => [each, {}])), onRun: () => {}, images: () => [] })
      .select.value;
  equal([chosen("ocr"), chosen("brightness"), chosen("ocr", "brightness")], ["brightness", "ocr", "ocr"]);
});

test("what can be done is told of the newest predictions of the chosen photos", () => {
  const { sync } = over([image(1), image(2, "failed"), image(3, "succeeded"), image(4, "running")], {});
  equal(possible(sync.state, [1, 2, 3, 4]), { cancel: [1, 4], retry: [2], unpinned: [1, 2, 3, 4], hasText: false });
});

test("a photo whose deletion the end of the sign-in cut off doesn't come back", async () => {
  const deleteImage = async (/** @type {number} */ id) => {
    throw id === 1 ? new SignedOut() : new DOMException("", "AbortError");
  };
  const { subject, said, back } = over([image(1), image(2)], { deleteImage });
  subject.erase([1, 2]);
  await settled();
  equal([said, back], [[], []]);
});

test("a photo that can't be deleted comes back, and one that is gone already is gone", async () => {
  const deleteImage = async (/** @type {number} */ id) => {
    throw new ApiError(id === 1 ? 503 : 404, { code: id === 1 ? "busy" : "not_found", message: "No." });
  };
  const { subject, said, back, sync } = over([image(1), image(2)], { deleteImage });
  subject.erase([1, 2]);
  await settled();
  equal([said, back, [...sync.state.images.keys()]], [["No."], [1], [1]]);
});

test("a selection is named to the server, and fetched from where it says, which is no secret", async () => {
  /** @type {any[]} */
  const asked = [];
  const post = async (/** @type {any[]} */ ...all) => {
    asked.push(all);
    return { url: "/api/exports/5/", images: 1, missing: [2] };
  };
  /** @type {string[]} */
  const fetched = [];
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    fetched.push(`${this.pathname}${this.search} ${this.hasAttribute("download")}`);
  };
  const { subject, said } = over([image(1), image(2)], { post });
  subject.takeAlong([1, 2], { format: "zip", include: ["results"] });
  await settled();
  HTMLAnchorElement.prototype.click = click;
  equal(asked, [["/api/exports/", { format: "zip", include: ["results"], images: [1, 2] }]]);
  equal(fetched, ["/api/exports/5/ true"]);
  equal(said, ["Downloading 1 photo.", "1 photo isn't there any more."]);
});

test("a form that a result can't be had in is said plainly", async () => {
  const blob = async () => {
    throw new ApiError(409, { code: "not_exportable", message: "Only recognized text has other forms." });
  };
  const { subject, said } = over([image(1, "succeeded")], { blob });
  subject.download(1, 1, "pdf");
  await settled();
  equal(said, ["Only recognized text has other forms."]);
});

test("the text of a photo is what was read last, whatever was made of it since", () => {
  const read = { ...prediction(1, "succeeded"), output: { kind: "text", text: "hello", regions: [] } };
  const cut = { ...prediction(9, "succeeded"), image: 1, output: { kind: "image" } };
  const { sync } = over([{ ...image(1), prediction: read }], {});
  sync.dispatch({ type: "snapshot", predictions: [cut] });
  equal([newestText(sync.state, 1), possible(sync.state, [1]).hasText], ["hello", true]);
});

test("a result is offered in the forms that it has", () => {
  const of = (/** @type {any} */ output) => formsOf(/** @type {any} */ ({ output }));
  equal(of({ kind: "text", text: "a" }), ["txt", "md", "pdf", "hocr", "json", "original"]);
  equal(of({ kind: "text", text: "" }), ["json", "original"]);
  equal(of({ kind: "labels" }), ["json", "original"]);
});
