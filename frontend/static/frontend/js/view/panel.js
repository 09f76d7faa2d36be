// @ts-check
/** The parts of the detail view beside the photo: what can be done, and what is known. */

import { formatName } from "../formats.js";
import { number, t } from "../language.js";
import { bytes, duration, when } from "../measures.js";
import { formsOf } from "../saving.js";
import { actionsOf } from "./actions.js";
import { button, h } from "./dom.js";
import { Menu } from "./menu.js";

/** @param {import("../store.js").Prediction|null} prediction
 * @param {import("../commands.js").Commands} commands @returns {HTMLElement[]} */
export function actions(prediction, commands) {
  const all = actionsOf(prediction, commands).map(({ symbol, label, run }) =>
    symbol === "download" && prediction
      ? downloads(prediction, commands)
      : button(symbol, label, run, symbol === "retry" ? { class: "button primary" } : {}),
  );
  if (!prediction?.output) return all;
  const { model, params } = prediction;
  return [...all, button("select", t("action.again"), () => commands.again({ model, params }), { "data-testid": "same-again" })];
}

/** Whether a photo's files stay where they are, and the change of it.
 * @param {import("../store.js").Image} image @param {import("../commands.js").Commands} commands
 * @returns {HTMLElement[]} */
export function pin({ id, pinned }, commands) {
  const change = button("pin", t(pinned ? "pin.end" : "pin"), () => commands.pin([id], !pinned), {
    "data-testid": "pin", "aria-describedby": "pin-what",
  });
  return [change, h("small", { id: "pin-what" }, t(pinned ? "pin.kept" : "pin.what"))];
}

/** What a result can be saved as. @type {Record<import("../saving.js").Form, import("../language.js").Key>} */
const FORMS = {
  result: "download.result",
  png: "download.as",
  webp: "download.as",
  jpeg: "download.as",
  txt: "download.txt",
  md: "download.md",
  pdf: "download.pdf",
  hocr: "download.hocr",
  json: "download.json",
  original: "download.original",
};

/** @param {import("../store.js").Prediction} prediction
 * @param {import("../commands.js").Commands} commands @returns {HTMLElement} */
function downloads(prediction, commands) {
  const { id, image, output } = prediction;
  const items = () =>
    formsOf(prediction).map((form) => ({
      label: labelOf(form, output),
      run: () => commands.download(image, id, form),
    }));
  const more = { "data-testid": "download" };
  return new Menu({ symbol: "download", label: t("action.download"), items, more }).element;
}

/** @param {import("../saving.js").Form} form @param {any} output of the kind `image` where it is a picture */
function labelOf(form, output) {
  if (form === "jpeg" && output.transparent !== false) return t("download.on_white");
  const suffix = (form === "result" ? (output.content_type ?? "") : form).replace("image/", "");
  return t(FORMS[form], { format: formatName(suffix) ?? suffix.toUpperCase() });
}

/** How long it took once it had begun.
 * @param {import("server").Timing} timing the total with waiting */
const took = ({ total_ms: total = 0, queue_ms: queue = 0, compute_ms: compute = 0 }) =>
  t("details.of_which", { all: duration(total - queue), compute: duration(compute) });

/** @param {import("../store.js").Image} image
 * @param {import("../store.js").Prediction|null} prediction
 * @param {import("../store.js").Upload|undefined} upload the image's
 * @param {(name: string) => string} titleOf what people call a model */
export function facts(image, prediction, upload, titleOf) {
  const timing = prediction?.timing;
  const provenance = prediction?.provenance;
  /** @type {[string, string|undefined|false|null][]} */
  const rows = [
    [t("details.photo"), t("details.size", { width: String(image.width), height: String(image.height), size: bytes(image.size) })],
    [t("details.sent"), upload && when(upload.created_at)],
    [
      t("details.model"),
      prediction && t("details.version", { model: titleOf(prediction.model), version: prediction.model_version }),
    ],
    [t("details.took"), timing?.total_ms !== undefined && took(timing)],
    [t("details.waited"), timing?.queue_ms !== undefined && duration(timing.queue_ms)],
    [t("details.attempt"), prediction && prediction.attempt > 1 && number(prediction.attempt)],
    [t("details.ran_on"), provenance?.device && `${provenance.device}, ${provenance.worker}`],
    [t("details.weights"), provenance?.model_sha256 && `sha256 ${provenance.model_sha256.slice(0, 12)}…`],
  ];
  const shown = rows.filter(([, value]) => value);
  const list = h(
    "dl",
    { class: "facts" },
    ...shown.flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value || "")]),
  );
  return [h("details", { class: "about" }, h("summary", {}, t("details")), list)];
}
