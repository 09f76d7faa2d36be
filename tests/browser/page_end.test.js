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
