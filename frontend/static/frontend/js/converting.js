// @ts-check
/** Pictures as files of another format, made by the browser, which shows them anyway. */

import { formatName } from "./formats.js";
import { t } from "./language.js";

/** @typedef {"png"|"webp"|"jpeg"} Format */

/** Of 1: what differs is not seen. */
const QUALITY = 0.92;

/** The same picture in another format and without metadata; JPEG has no transparency, so what is
 * transparent becomes white.
 * @param {Blob} picture @param {Format} format @returns {Promise<Blob>} rejects with the page's own
 * sentence where this browser can't, as it may not with every format and size */
export async function converted(picture, format) {
  const type = `image/${format}`;
  try {
    const bitmap = await createImageBitmap(picture);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    if (format === "jpeg") {
      context.fillStyle = "#ffffff";
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const made = await canvas.convertToBlob({ type, quality: QUALITY });
    // Of what it can't write a browser makes a PNG.
    if (made.type === type) return made;
  } catch {
    // Too large for a canvas, or no picture to this browser.
  }
  throw new Error(t("download.not_here", { format: formatName(format) ?? format }));
}
