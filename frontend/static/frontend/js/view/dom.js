// @ts-check
/** Building elements. */

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL(import.meta.resolve("../../img/icons.svg")).pathname;

/**
 * An element. `on…` properties are listeners, `class`, `data-…`, `aria-…`, `role`, `for` and
 * `capture` are attributes, the rest are properties.
 * @param {string} tag @param {Record<string, any>} [properties]
 * @param {...(Node|string|null|undefined|false)} children @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (/^(class|role|for|list|capture|data-.*|aria-.*)$/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  for (const child of children) if (child || child === "") element.append(child);
  return element;
}

/** An SVG element. @param {string} tag @param {Record<string, any>} [attributes]
 * @param {...Node} children @returns {any} */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** An icon of the sprite; decoration, so unseen by screen readers. @param {string} name */
export const icon = (name) =>
  svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `${SPRITE}#${name}` }));

/** A button with an icon and a word. @param {string} symbol @param {string} label
 * @param {(event: Event) => void} onclick @param {Record<string, any>} [properties] */
export const button = (symbol, label, onclick, properties = {}) =>
  h(
    "button",
    { type: "button", class: "button", onclick, ...properties },
    icon(symbol),
    h("span", { class: "label" }, label),
  );

/** A button that shows its icon alone. @param {string} symbol @param {string} label
 * @param {(event: Event) => void} onclick @param {Record<string, any>} [properties] */
export const iconButton = (symbol, label, onclick, properties = {}) =>
  h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...properties },
    icon(symbol),
  );

/** Replace the children only if `key` differs from last time.
 * @param {HTMLElement} element @param {string} key @param {() => (Node|string)[]} build
 * @param {HTMLElement} [fallback] see `keepFocus` */
export function fill(element, key, build, fallback) {
  if (element.dataset.filled === key) return;
  element.dataset.filled = key;
  keepFocus(element, () => element.replaceChildren(...build()), fallback);
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']";

/** Whether an element can have the focus now. @param {any} element */
const takesFocus = (element) =>
  Boolean(element?.isConnected && !element.disabled && element.checkVisibility());

/** The elements that the keyboard may reach, in order. @param {ParentNode} root
 * @returns {HTMLElement[]} */
const focusable = (root) => Array.from(root.querySelectorAll(FOCUSABLE));

/** Make a change that may take the focused element away; its focus then goes to a neighbor
 * instead of the page's top: into what has taken its place, else to `fallback`, else to what
 * followed it, else to what came before.
 * @param {HTMLElement} element what is changed @param {() => void} change
 * @param {HTMLElement} [fallback] */
export function keepFocus(element, change, fallback) {
  const focused = /** @type {HTMLElement|null} */ (document.activeElement);
  if (!focused || focused === document.body || !element.contains(focused)) return change();
  const order = focusable(element.closest("dialog") ?? document);
  const at = order.indexOf(focused);
  change();
  if (takesFocus(focused)) return undefined;
  const near = [fallback, ...order.slice(at + 1), ...order.slice(0, at).reverse()];
  [...focusable(element), ...near].find(takesFocus)?.focus();
  return undefined;
}
