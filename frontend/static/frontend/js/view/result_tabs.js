// @ts-check
/** The results of one photo, to choose which one is shown. */

import { t } from "../language.js";
import { fill, h } from "./dom.js";

export class ResultTabs {
  /** @param {(predictionId: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.element = h("div", { class: "tabs", role: "group", "aria-label": t("results") });
  }

  /** @param {import("../store.js").Prediction[]} predictions
   * @param {import("../store.js").Prediction|null} chosen @param {Map<number, string>} names */
  render(predictions, chosen, names) {
    const key = predictions.map(({ id, state }) => `${id}${state}${names.get(id)}`).join() + chosen?.id;
    fill(this.element, key, () => predictions.map((each) => this.#tab(each, each.id === chosen?.id, names.get(each.id))));
  }

  /** @param {import("../store.js").Prediction} prediction @param {boolean} isChosen
   * @param {string|undefined} name */
  #tab({ id, state }, isChosen, name) {
    const properties = {
      type: "button", class: "tab", "aria-pressed": String(isChosen), "data-state": state,
      onclick: () => this.onChoose(id),
    };
    return h("button", properties, name);
  }
}
