// @ts-check
/**
 * From chosen files to uploads that the server will take: what is sure to be refused is judged
 * here, the rest is split so that each upload keeps within the limits.
 *
 * @typedef {{max_images_per_upload: number, max_image_bytes: number, max_upload_bytes: number,
 *   max_image_pixels: number}} Limits sizes in bytes
 * @typedef {{file: File, error: {code: string, message: string}|null}} Item
 */

import { bytes } from "./words.js";

/** Room for the form's other fields and the boundaries between its parts, in bytes. */
const FORM_BYTES = 64_000;

/** @param {File} file @param {Limits} limits @returns {Item} */
export function judge(file, limits) {
  if (file.size === 0) {
    return { file, error: { code: "empty_file", message: "This file is empty." } };
  }
  if (file.size > limits.max_image_bytes) {
    const message = `This file has ${bytes(file.size)}; ${bytes(limits.max_image_bytes)} is the most.`;
    return { file, error: { code: "image_too_large", message } };
  }
  return { file, error: null };
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
