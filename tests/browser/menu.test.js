// @ts-check
import { Menu } from "../../frontend/static/frontend/js/view/menu.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** A menu on the page, and what was chosen in it. */
function menu() {
  /** @type {string[]} */
  const chosen = [];
  const item = (/** @type {string} */ label) => ({ label, run: () => chosen.push(label) });
  const subject = new Menu({ symbol: "download", label: "Download", items: () => ["one", "two"].map(item) });
  document.body.replaceChildren(subject.element);
  return { subject, chosen, isOpen: () => subject.list.matches(":popover-open") };
}

const press = (/** @type {string} */ key) =>
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("what is chosen is done, and the focus is back at the button", () => {
  const { subject, chosen, isOpen } = menu();
  subject.opener.focus();
  subject.opener.click();
  equal(isOpen(), true);
  press("ArrowDown");
  press("ArrowDown");
  /** @type {HTMLElement} */ (document.activeElement).click();
  equal([chosen, isOpen(), document.activeElement === subject.opener], [["two"], false, true]);
});

test("keys pressed in an open menu mean nothing to what is around it", () => {
  const { subject } = menu();
  let heard = 0;
  const listener = () => (heard += 1);
  document.body.addEventListener("keydown", listener);
  subject.opener.focus();
  press("ArrowDown");
  equal(heard, 1);
  subject.opener.click();
  press("ArrowUp");
  press("ArrowRight");
  press("Escape");
  equal([heard, document.activeElement?.textContent], [1, "two"]);
  document.body.removeEventListener("keydown", listener);
});
