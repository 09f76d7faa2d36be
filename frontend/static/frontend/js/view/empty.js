// @ts-check
/** What stands where the photos will be. */

import { h, icon } from "./dom.js";

export const emptyState = () =>
  h(
    "section",
    { class: "empty", "data-testid": "empty-state", hidden: true },
    icon("logo"),
    h("h2", {}, "No photos yet"),
    h(
      "p",
      {},
      "Choose a model, then drop photos anywhere on this page. Each appears here at once, and you " +
        "can watch while its text is read or its background removed.",
    ),
    h("p", {}, "No photo at hand? Each model has one to try it with."),
  );
