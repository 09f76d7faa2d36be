// @ts-check
/**
 * From chosen files to uploads that the server will take: what is sure to be refused is judged
 * here, the rest is split so that each upload keeps within the limits.
 *
 * @typedef {{max_images_per_upload: number, max_image_bytes: number, max_upload_bytes: number,
 *   max_image_pixels: number, formats: import("./formats.js").Listed[]}} Limits sizes in bytes
 * @typedef {{file: File, isDocument: boolean, error: {code: string, message: string}|null}} Item
 * `isDocument`: each of its pages counts as an image of its upload, and nobody here knows how many it has
 */

import { advice, formatNames, formatOf, nameOf } from "./formats.js";
import { t } from "./language.js";
import { bytes } from "./measures.js";

/** Room for the form's other fields and the boundaries between its parts, in bytes. */
const FORM_BYTES = 64_000;
/** By their first bytes, whatever their names say. */
const DOCUMENTS = new Set(["application/pdf", "image/tiff"]);

/** @param {File} file @param {Limits} limits @returns {Promise<Item>} */
export async function judge(file, limits) {
  const format = await formatOf(file).catch(() => undefined);
  const isDocument = DOCUMENTS.has(format?.type ?? "");
  return { file, isDocument, error: refusal(file, format, limits) };
}

/** Why the server would refuse this file; null where it may well take it.
 * @param {File} file @param {import("./formats.js").Format|null|undefined} format undefined: it can't be read
 * @param {Limits} limits @returns {Item["error"]} */
function refusal(file, format, limits) {
  if (file.size === 0) return { code: "empty_file", message: t("refused.empty") };
  if (file.size > limits.max_image_bytes) {
    const message = t("refused.too_large", { size: bytes(limits.max_image_bytes) });
    return { code: "image_too_large", message };
  }
  if (format === undefined) {
    return { code: "unreadable_file", message: t("refused.unreadable") };
  }
  if (format && limits.formats.some((each) => each.content_type === format.type)) return null;
  const message = format
    ? t("refused.format", { format: nameOf(format), advice: advice(format) })
    : t("refused.no_picture", { formats: formatNames(limits.formats) });
  return { code: "unsupported_format", message };
}

/** Split into groups within the limits, in order.
 * @param {Item[]} items @param {Limits} limits @returns {Item[][]} */
export function split(items, limits) {
  /** @type {Item[][]} */
  const groups = [];
  let size = Infinity;
  for (const item of items) {
    const group = groups.at(-1);
    const isFull =
      !group ||
      [group[0], item].some(({ isDocument }) => isDocument) ||
      group.length >= limits.max_images_per_upload ||
      size + item.file.size > limits.max_upload_bytes - FORM_BYTES;
    if (isFull) {
      groups.push([item]);
      size = item.file.size;
    } else {
      group.push(item);
      size += item.file.size;
    }
  }
  return groups;
}
