// @ts-check
/** Files that can't be used: one line, and behind it for each kind which and what to do. */

import { t } from "../language.js";
import { shownName } from "../words.js";
import { button, fill, h, icon } from "./dom.js";

export class Refusals {
  /** @param {import("../upload.js").Uploader} uploader */
  constructor(uploader) {
    this.uploader = uploader;
    this.title = h("span", {});
    this.kinds = h("div", { class: "refusal-kinds" });
    const summary = h("summary", { "data-closed": t("refused.show"), "data-open": t("refused.hide") }, icon("alert"), this.title);
    this.element = h(
      "div",
      { class: "refusals", "data-testid": "refusals", hidden: true },
      h("details", {}, summary, this.kinds),
      button("close", t("action.dismiss"), () => uploader.dismissRefusals(), {
        class: "button is-compact",
        "aria-label": t("refused.dismiss"),
      }),
    );
    this.title.setAttribute("role", "status");
  }

  render() {
    const { all, judged } = this.uploader.refused;
    this.element.hidden = all.length === 0;
    this.title.textContent = all.length ? t("refused", { refused: all.length, count: judged }) : "";
    fill(this.kinds, `${all.length} ${judged}`, () =>
      namesByMessage(all).map(([message, names]) =>
        h(
          "section",
          {},
          h("p", {}, message),
          h("ul", { class: "hint" }, ...names.map((name) => h("li", { dir: "auto" }, shownName(name)))),
        ),
      ),
    );
  }
}

/** What is told of most files first.
 * @param {import("../refused_files.js").Refusal[]} refusals @returns {[string, string[]][]} */
function namesByMessage(refusals) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const { name, message } of refusals) {
    const names = found.get(message);
    if (names) names.push(name);
    else found.set(message, [name]);
  }
  return [...found].sort(([, a], [, b]) => b.length - a.length);
}
