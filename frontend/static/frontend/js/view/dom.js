// @ts-check
/** Building elements. */

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../../img/icons.svg", import.meta.url).pathname;

/**
 * An element. `on…` properties are listeners, `class`, `data-…`, `aria-…`, `role` and `for` are
 * attributes, the rest are properties.
 * @param {string} tag @param {Record<string, any>} [properties]
 * @param {...(Node|string|null|undefined|false)} children @returns {any}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (/^(class|role|for|list|data-.*|aria-.*)$/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child || child === ""));
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

/** Replace the children only if `key` differs from last time, so that focus stays where it is.
 * @param {HTMLElement} element @param {string} key @param {() => (Node|string)[]} build */
export function fill(element, key, build) {
  if (element.dataset.filled === key) return;
  element.dataset.filled = key;
  element.replaceChildren(...build());
}
