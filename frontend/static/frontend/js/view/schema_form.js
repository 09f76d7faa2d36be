// @ts-check
/** A small form for a model's parameters, made from their JSON Schema. */

import { t } from "../language.js";
import { choiceName, titleOfParam } from "../params.js";
import { imageName } from "../words.js";
import { fill, h } from "./dom.js";
import { rectangleTools } from "./rectangle_tools.js";

/** @typedef {() => {id: number, name: string}[]} Images what a field of the format `image-id` offers */
/**
 * What fields are filled by.
 * @typedef {object} Sources
 * @property {Images} [images]
 * @property {import("./rectangle_tools.js").Draws} [drawing] draws a field of the format `image-rectangle`
 * on the photo; without it there are its numbers alone
 * @property {Record<string, any>} [values] what is filled in already
 */

/**
 * @param {import("server").ParamsSchema|null|undefined} schema @param {string} idPrefix
 * @param {Sources} [sources]
 * @returns {{element: HTMLElement, value: () => object}} `value` holds what was filled in, and
 * throws the form's own sentence where a field can't be read
 */
export function schemaForm(schema, idPrefix, sources = {}) {
  const required = new Set(schema?.required ?? []);
  const fields = Object.entries(schema?.properties ?? {}).map(([name, property]) =>
    field(name, property, `${idPrefix}-${name}`, required.has(name), sources),
  );
  const element = h(
    "details",
    { class: "options", hidden: fields.length === 0, open: required.size > 0, "data-testid": `${idPrefix}-options` },
    h("summary", {}, t("form.options")),
    h("div", { class: "fields" }, ...fields.map((each) => each.element)),
  );
  const value = () => {
    try {
      return Object.fromEntries(fields.flatMap((each) => each.entry()));
    } catch (error) {
      element.open = true;
      throw error;
    }
  };
  return { element, value };
}

/** @param {string} name @param {any} property @param {string} id @param {boolean} isRequired
 * @param {Sources} sources */
function field(name, property, id, isRequired, { images = () => [], drawing, values = {} }) {
  const title = titleOfParam(name, property);
  const value = values[name] ?? property.default ?? "";
  if (isTuple(property)) return numbers(name, title, property, id, value, drawing);
  const input =
    property.format === "image-id" ? imageChoice(id, images, value) : control(property, id, isRequired, value);
  const hint = property.description ? h("small", { id: `${id}-hint` }, property.description) : null;
  if (hint) input.setAttribute("aria-describedby", hint.id);
  const isCheckbox = property.type === "boolean";
  const label = h("label", { for: id }, title);
  return {
    element: h(
      "div",
      { class: isCheckbox ? "field check" : "field" },
      ...(isCheckbox ? [input, label] : [label, input]),
      hint,
    ),
    entry: () => entry(name, title, property, input),
  };
}

/** Whether it is a list of so many numbers, each with its own title.
 * @param {any} property @returns {boolean} */
function isTuple({ type, prefixItems }) {
  const isNumber = (/** @type {any} */ item) => ["integer", "number"].includes(item.type);
  return type === "array" && Array.isArray(prefixItems) && prefixItems.every(isNumber);
}

/** A number for each item of a list; all of them are left empty where it is not given.
 * @param {string} name @param {string} title @param {any} property @param {string} id
 * @param {any} value a list, or "" @param {import("./rectangle_tools.js").Draws} [drawing] */
function numbers(name, title, property, id, value, drawing) {
  const inputs = property.prefixItems.map((/** @type {any} */ item, /** @type {number} */ at) =>
    control(item, `${id}-${at}`, false, value[at] ?? item.default ?? ""),
  );
  const isDrawn = drawing && property.format === "image-rectangle" && inputs.length === 4;
  const labels = property.prefixItems.map((/** @type {any} */ item, /** @type {number} */ at) =>
    h("label", { for: `${id}-${at}` }, item.title ?? String(at + 1)),
  );
  const hint = property.description ? h("small", { id: `${id}-hint` }, property.description) : null;
  const described = hint ? { "aria-describedby": hint.id } : {};
  const read = () => {
    const items = inputs.map((/** @type {any} */ input, /** @type {number} */ at) =>
      entry(String(at), t("form.item", { title, item: labels[at].textContent }), property.prefixItems[at], input),
    );
    const given = items.flat();
    if (given.length === 0) return [];
    if (given.length < inputs.length) throw new Error(t("form.every_number", { title }));
    return [[name, given.map((/** @type {[string, any]} */ [, value]) => value)]];
  };
  const pairs = inputs.map((/** @type {any} */ input, /** @type {number} */ at) =>
    h("div", { class: "field" }, labels[at], input),
  );
  return {
    element: h(
      "fieldset",
      { class: "field", ...described },
      h("legend", {}, title),
      h("div", { class: "numbers" }, ...pairs),
      isDrawn && rectangleTools({ title, inputs, drawing }),
      hint,
    ),
    entry: read,
  };
}

/** One of the photos that are there when it is opened. @param {string} id @param {Images} images
 * @param {any} value the id of one, or "" */
function imageChoice(id, images, value) {
  const select = h("select", { id, onpointerdown: () => offer(), onfocus: () => offer() });
  const offer = () => {
    const chosen = select.value || String(value);
    const options = images().map((each) =>
      h("option", { value: each.id, selected: String(each.id) === chosen }, `${imageName(each)} (${each.id})`),
    );
    fill(select, JSON.stringify(images()), () => [h("option", { value: "" }, t("form.none")), ...options]);
  };
  offer();
  return select;
}

/** @param {any} property @param {string} id @param {boolean} isRequired @param {any} value "": none */
function control(property, id, isRequired, value) {
  if (property.enum) {
    const blank = isRequired || "default" in property ? [] : [h("option", { value: "" }, t("new.automatic"))];
    const options = property.enum.map((/** @type {any} */ each) =>
      h("option", { value: JSON.stringify(each), selected: each === value }, choiceName(property, each)),
    );
    return h("select", { id }, ...blank, ...options);
  }
  if (property.type === "boolean") return h("input", { id, type: "checkbox", checked: value === true });
  if (property.type === "integer" || property.type === "number") {
    return h("input", {
      id,
      type: "number",
      min: property.minimum ?? property.exclusiveMinimum,
      max: property.maximum ?? property.exclusiveMaximum,
      step: property.multipleOf ?? (property.type === "integer" ? 1 : "any"),
      required: isRequired,
      value,
    });
  }
  if (property.type === "string") {
    return h("input", { id, type: "text", maxLength: property.maxLength, required: isRequired, value });
  }
  const text = value === "" ? "" : JSON.stringify(value);
  return h("textarea", { id, rows: 2, spellcheck: false, placeholder: "JSON", value: text });
}

/** The field's name and value, or nothing when it was left empty.
 * @param {string} name @param {string} title @param {any} property @param {any} input
 * @returns {[string, any][]} */
function entry(name, title, property, input) {
  if (!input.checkValidity()) throw new Error(t("form.problem", { title, problem: input.validationMessage }));
  if (property.type === "boolean" && !property.enum) return [[name, input.checked]];
  const text = input.value.trim();
  if (text === "") return [];
  if (property.type === "string" && !property.enum) return [[name, text]];
  try {
    return [[name, JSON.parse(text)]];
  } catch {
    throw new Error(t("form.not_json", { title }));
  }
}
