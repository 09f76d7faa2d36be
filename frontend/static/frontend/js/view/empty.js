// @ts-check
/** What stands where the photos will be. */

import { h, icon } from "./dom.js";

export const emptyState = () => {
  const isTouched = window.matchMedia("(hover: none)").matches;
  const way = isTouched ? "Add photos and choose a model." : "Choose a model, then drop photos anywhere on this page.";
  return h(
    "section",
    { class: "empty", "data-testid": "empty-state", hidden: true },
    icon("logo"),
    h("h2", {}, "No photos yet"),
    h(
      "p",
      {},
      `${way} Each appears here at once, and you can watch while its text is read or its background removed.`,
    ),
    h("p", {}, "No photo at hand? Each model has one to try it with."),
  );
};
