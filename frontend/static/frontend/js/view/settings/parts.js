// @ts-check
/** What the account page is built of: its parts, fields, and questions before what can't be undone. */

import { ApiError } from "../../answers.js";
import { sentence } from "../../words.js";
import { h } from "../dom.js";

/** @param {string} id @param {string} title @param {...(Node|string|null|false)} children
 * @returns {HTMLElement} */
export const part = (id, title, ...children) =>
  h(
    "section",
    { class: "settings-part", "aria-labelledby": `${id}-title`, "data-testid": id },
    h("h3", { id: `${id}-title`, tabIndex: -1 }, title),
    ...children,
  );

/** Where it is said how something went. */
export class Outcome {
  element = h("p", { role: "status", hidden: true });
  #isBusy = false;

  /** @param {string} text */
  say(text) {
    this.#show(text, false);
  }

  /** @param {unknown} error */
  fail(error) {
    this.#show(sentence(error), true);
  }

  clear() {
    this.#show("", false);
  }

  /** Do it; what goes wrong is said. @param {() => Promise<void>} action */
  async attempt(action) {
    this.clear();
    try {
      await action();
    } catch (error) {
      if (/** @type {any} */ (error).name !== "AbortError") this.fail(error);
    }
  }

  /** Do what a form was sent for, one at a time; what is wrong with a field is said beside it.
   * @param {Event} event @param {Record<string, Field>} fields see `sayBeside`
   * @param {() => Promise<void>} action */
  async submit(event, fields, action) {
    event.preventDefault();
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (const field of Object.values(fields)) field.say("");
    await this.attempt(async () => {
      try {
        await action();
      } catch (error) {
        if (!sayBeside(error, fields)) throw error;
      }
    });
    this.#isBusy = false;
  }

  /** @param {string} text @param {boolean} isProblem */
  #show(text, isProblem) {
    this.element.hidden = !text;
    this.element.classList.toggle("error", isProblem);
    this.element.textContent = text;
  }
}

/** A labeled input with a place for what is wrong with it. */
export class Field {
  /** @param {string} label @param {HTMLInputElement} input with an id */
  constructor(label, input) {
    this.input = input;
    this.problem = h("p", { class: "error", id: `${input.id}-problem` });
    input.setAttribute("aria-describedby", this.problem.id);
    this.element = h("div", { class: "field" }, h("label", { for: input.id }, label), input, this.problem);
  }

  get value() {
    return this.input.value;
  }

  /** @param {string} text empty: nothing is wrong */
  say(text) {
    this.problem.textContent = text;
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  clear() {
    this.input.value = "";
    this.say("");
  }
}

/** Say each error beside its field, and lead to the first of them.
 * @param {unknown} error @param {Record<string, Field>} fields by their names in the API, and by the
 * codes of errors that name none @returns {boolean} whether any of it is about a field */
export function sayBeside(error, fields) {
  if (!(error instanceof ApiError)) return false;
  /** @type {import("server").FaultEntry[]} */
  const said = error.errors.length ? error.errors : [{ code: error.code, message: error.message }];
  /** @type {Map<Field, string[]>} */
  const found = new Map();
  for (const { field, code, message } of said) {
    const about = fields[field ?? ""] ?? fields[code];
    if (about) found.set(about, [...(found.get(about) ?? []), message]);
  }
  for (const [field, messages] of found) field.say(messages.join(" "));
  found.keys().next().value?.input.focus();
  return found.size > 0;
}
