// @ts-check
import { PageEnd } from "../../frontend/static/frontend/js/view/page_end.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const frames = async (count = 20) => {
  for (let at = 0; at < count; at += 1) await new Promise(requestAnimationFrame);
};

/** An end that is in sight, whatever is fetched, until `pages` are. @param {number} pages
 * @param {unknown} [error] what the first fetch fails by */
function inSight(pages, error) {
  let calls = 0;
  /** @type {unknown[]} */
  const errors = [];
  const subject = new PageEnd({
    hasMore: () => calls < pages,
    load: async () => {
      calls += 1;
      if (error && calls === 1) throw error;
      subject.show(calls < pages);
    },
    onError: (each) => errors.push(each),
  });
  document.body.replaceChildren(subject.element);
  subject.show(true);
  subject.start();
  return { subject, errors, calls: () => calls };
}

test("while the end stays in sight, page after page is fetched until there are no more", async () => {
  const { calls, subject } = inSight(4);
  await frames();
  equal([calls(), subject.element.hidden], [4, true]);
});

test("what can't be fetched is told once, and tried again when it is asked for", async () => {
  const { calls, errors, subject } = inSight(2, new Error("away"));
  await frames();
  equal([calls(), errors.length, subject.element.disabled], [1, 1, false]);
  subject.element.click();
  await frames();
  equal([calls(), subject.element.hidden], [2, true]);
});

test("more is fetched while it is wanted, and what can't be fetched is told", async () => {
  const { subject, calls, errors } = inSight(1);
  await frames();
  await subject.fetchWhile(() => calls() < 4);
  equal([calls(), errors.length], [4, 0]);
  subject.load = async () => {
    throw new Error("away");
  };
  await subject.fetchWhile(() => true);
  equal(errors.length, 1);
});

/** An end that lies below the screen, however much is fetched, until `pages` are. @param {number} pages */
function farAway(pages) {
  const sizes = /** @type {any[]} */ ([]);
  const above = document.createElement("div");
  const subject = new PageEnd({
    hasMore: () => sizes.length < pages,
    load: async (size) => {
      await new Promise(requestAnimationFrame);
      sizes.push(size);
      above.style.height = `${sizes.length * 5_000}px`;
    },
    onError: () => {},
  });
  above.style.height = "5000px";
  document.body.replaceChildren(above, subject.element);
  window.scrollTo({ top: 0, behavior: "instant" });
  subject.start();
  return { subject, sizes };
}

const press = (/** @type {string} */ key, /** @type {EventTarget} */ on = document.body, more = {}) =>
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));

test("End goes to the end of all there is, by pages as large as there are", async () => {
  const { subject, sizes } = farAway(5);
  press("End", document.body, { shiftKey: true });
  press("PageDown");
  await frames(3);
  equal(sizes, []);
  press("End");
  await frames(30);
  equal(sizes, [200, 200, 200, 200, 200]);
  const { scrollHeight, clientHeight } = document.documentElement;
  equal(Math.abs(scrollHeight - clientHeight - window.scrollY) < 2, true);
  subject.stop();
});

test("who turns to something else on the way to the end is not taken there", async () => {
  const { subject, sizes } = farAway(1_000);
  press("End");
  await frames(5);
  document.dispatchEvent(new Event("wheel"));
  await frames(5);
  const before = sizes.length;
  await frames(10);
  equal([sizes.length, before > 0], [before, true]);
  press("End");
  await frames(5);
  press("Home");
  await frames(5);
  const then = sizes.length;
  await frames(10);
  equal([sizes.length, then > before], [then, true]);
  subject.stop();
  press("End");
  await frames(5);
  equal(sizes.length, then);
});

test("End in a field is the field's", async () => {
  const { subject, sizes } = farAway(3);
  const field = document.createElement("input");
  document.body.append(field);
  press("End", field);
  await frames(5);
  equal(sizes, []);
  subject.stop();
});
