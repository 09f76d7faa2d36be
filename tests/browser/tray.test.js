// @ts-check
import { newBatch, newChoice } from "../../frontend/static/frontend/js/batch.js";
import { Tray } from "../../frontend/static/frontend/js/tray.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const request = { model: "ocr", params: { a: 1 }, imageType: "en" };
const batch = (/** @type {string[]} */ ...names) => {
  const items = names.map((name) => ({ file: new File(["photo"], name), error: null, isDocument: false }));
  return newBatch(items, request, newChoice(names.length), "waiting");
};

let number = 0;

/** Trays of several tabs over one new database. */
function tabs() {
  const name = `tray-test-${Date.now()}-${(number += 1)}`;
  return (user = "ada") => new Tray(user, name);
}

test("files are there again after a reload, with their key and what was asked of them", async () => {
  const tab = tabs();
  const before = tab();
  const sent = batch("a.jpg", "b.jpg");
  equal(await before.keep(sent), true);
  before.stop();
  const [kept] = await tab().take();
  equal([kept.key === sent.key, kept.files.map(({ name }) => name), kept.request],
    [true, ["a.jpg", "b.jpg"], request]);
  equal(await kept.files[0].text(), "photo");
});

test("files that the browser takes and then has no room for are not kept", async () => {
  const tray = tabs()();
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value) {
    const request = put.call(this, value);
    // As with a full disk: the request succeeds, what it wrote is taken back.
    request.addEventListener("success", () => this.transaction.abort());
    return request;
  };
  const isKept = await tray.keep(batch("a.jpg"));
  IDBObjectStore.prototype.put = put;
  equal([isKept, (await tray.take()).length], [false, 0]);
  equal(await tray.keep(batch("b.jpg")), true);
});

test("what another tab is sending is not sent here, and is once that tab is gone", async () => {
  const tab = tabs();
  const first = tab();
  await first.keep(batch("a.jpg"));
  const second = tab();
  equal((await second.take()).length, 0);
  first.stop();
  await new Promise((resolve) => setTimeout(resolve, 0));
  equal((await second.take()).length, 1);
});

test("what was forgotten, or is another user's, is not there", async () => {
  const tab = tabs();
  const ada = tab();
  const one = batch("a.jpg");
  await ada.keep(one);
  await ada.keep(batch("b.jpg"));
  await ada.forget(one.key);
  ada.stop();
  equal((await tab("bob").take()).length, 0);
  equal((await tab().take()).map(({ files }) => files[0].name), ["b.jpg"]);
});

test("who signs out leaves nothing behind, not even what is just being kept", async () => {
  const tab = tabs();
  const ada = tab();
  await ada.keep(batch("a.jpg"));
  await ada.clear();
  equal(await ada.keep(batch("b.jpg")), false);
  ada.stop();
  equal((await tab().take()).length, 0);
});

test("what was kept is there again in its order", async () => {
  const tab = tabs();
  const ada = tab();
  const names = ["d.jpg", "a.jpg", "c.jpg", "e.jpg", "b.jpg"];
  await Promise.all(names.map((name) => ada.keep(batch(name))));
  ada.stop();
  equal((await tab().take()).map(({ files }) => files[0].name), names);
});

test("what a person was asked about is known to be so after a reload, until it is to be sent", async () => {
  const tab = tabs();
  const ada = tab();
  const sent = batch("a.jpg");
  sent.state = "asked";
  sent.choice.answer = "use";
  await ada.keep(sent);
  const [asked] = await ada.take();
  sent.state = "waiting";
  await ada.keep(sent);
  const [waiting] = await ada.take();
  equal([asked.isAsked, waiting.isAsked, asked.choice], [true, false, { ...sent.choice, answer: null }]);
});
