// @ts-check
/** What stands where the photos will be. */

import { t } from "../language.js";
import { h, icon } from "./dom.js";

export const emptyState = () => {
  const isTouched = window.matchMedia("(hover: none)").matches;
  const way = t(isTouched ? "empty.touch" : "empty.drop");
  return h(
    "section",
    { class: "empty", "data-testid": "empty-state", hidden: true },
    icon("logo"),
    h("h2", {}, t("empty.title")),
    h("p", {}, `${way} ${t("empty.what_comes")}`),
    h("p", {}, t("empty.samples")),
  );
};
