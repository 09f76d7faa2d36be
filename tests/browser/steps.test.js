// @ts-check
import { Steps } from "../../frontend/static/frontend/js/view/steps.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** Three photos in the gallery's order, shown at one of them; `older` is what can be fetched.
 * @param {number} imageId @param {number[]} older */
function standing(imageId, older = []) {
  const order = [1, 2, 3];
  const head = document.createElement("div");
  document.body.append(head);
  /** @type {number[]} */
  const opened = [];
  const steps = new Steps({
    order: () => order,
    older: {
      hasMore: () => older.length > 0,
      fetch: async () => void order.push(...older.splice(0)),
    },
    open: (id) => {
      opened.push(id);
      steps.show(id, head);
    },
  });
  head.append(steps.previous, steps.next);
  steps.show(imageId, head);
  return { steps, opened, ends: () => [steps.previous.disabled, steps.next.disabled] };
}

test("the way leads from photo to photo and has two ends", async () => {
  const { steps, opened, ends } = standing(1);
  equal(ends(), [true, false]);
  await steps.go(-1);
  await steps.go(1);
  equal(ends(), [false, false]);
  await steps.go(1);
  equal([opened, ends()], [[2, 3], [false, true]]);
  await steps.go(1);
  equal(opened, [2, 3]);
});

test("where older photos are not fetched yet, the way goes on through them", async () => {
  const { steps, opened, ends } = standing(3, [9]);
  equal(ends(), [false, false]);
  await steps.go(1);
  equal([opened, ends()], [[9], [false, true]]);
});

test("the focus doesn't stay on a button that can't be pressed any more", async () => {
  const { steps } = standing(2);
  steps.next.focus();
  await steps.go(1);
  equal(document.activeElement === steps.previous, true);
});
