// @ts-check
/** Results as files. */

import { shownName } from "./words.js";

const ENDINGS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** The name of an image's file without its ending, and with its page.
 * @param {import("./store.js").Image} image */
export function stemOf({ name, page, pages }) {
  const stem = shownName(name).replace(/\.[^.]+$/, "");
  return pages > 1 ? `${stem}-page${page}` : stem;
}

/** @param {import("./api.js").Api} api @param {string} photo without an ending
 * @param {import("./store.js").Prediction} prediction */
export async function save(api, photo, { model, output }) {
  const stem = `${photo}-${model}`;
  if (output.kind === "image") {
    return offer(await api.blob(output.url), `${stem}.${ENDINGS[output.content_type] ?? "png"}`);
  }
  if (output.kind === "text") {
    return offer(new Blob([output.text], { type: "text/plain" }), `${stem}.txt`);
  }
  const json = JSON.stringify(output, null, 2);
  return offer(new Blob([json], { type: "application/json" }), `${stem}.json`);
}

/** @param {Blob} blob @param {string} name */
function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
