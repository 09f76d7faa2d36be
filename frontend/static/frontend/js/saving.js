// @ts-check
/** Results as files. */

import { shownName } from "./words.js";

/** What a result can be saved as: `result` is itself, `original` the photo that was sent.
 * @typedef {"result"|"original"|"json"|"txt"|"md"|"pdf"|"hocr"|import("./converting.js").Format} Form */

/** @type {import("./converting.js").Format[]} */
const FORMATS = ["png", "webp", "jpeg"];
const ENDINGS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** The name of an image's file without its ending, and with its page.
 * @param {import("./store.js").Image} image */
export function stemOf({ name, page, pages }) {
  const stem = shownName(name).replace(/\.[^.]+$/, "");
  return pages > 1 ? `${stem}-page${page}` : stem;
}

/** What a result can be saved as, the most wanted first.
 * @param {import("./store.js").Prediction} prediction @returns {Form[]} */
export function formsOf({ output }) {
  if (output?.kind === "text" && output.text) return ["txt", "md", "pdf", "hocr", "json", "original"];
  if (output?.kind !== "image") return ["json", "original"];
  const others = FORMATS.filter((format) => output.content_type !== `image/${format}`);
  return ["result", ...others, "original"];
}

/** The ending of a result's own file. @param {{content_type: string}} output */
export const endingOf = ({ content_type: type }) => ENDINGS[type] ?? "png";

/** @param {import("./api.js").Api} api @param {import("./store.js").Image} image
 * @param {import("./store.js").Prediction} prediction @param {Form} form */
export async function save(api, image, { id, model, output }, form) {
  const stem = `${stemOf(image)}-${model}`;
  if (form === "original") return offer(await api.blob(image.file), shownName(image.name));
  const format = FORMATS.find((each) => each === form);
  if (format && output?.kind === "image") {
    const { converted } = await import("./converting.js");
    const picture = await converted(await api.blob(output.url), format);
    return offer(picture, `${stem}.${endingOf({ content_type: picture.type })}`);
  }
  if (form !== "result" && form !== "json") {
    return offer(await api.blob(`/api/predictions/${id}/export/?as=${form}`), `${stem}.${form}`);
  }
  if (form === "result" && output?.kind === "image") {
    return offer(await api.blob(output.url), `${stem}.${endingOf(output)}`);
  }
  if (form === "result" && output?.kind === "text") {
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
