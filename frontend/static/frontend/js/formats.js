// @ts-check
/** What a file is by its first bytes, whatever its name says. */

import { locale, t } from "./language.js";

const BYTES_READ = 64;

/** A format as the server lists it. @typedef {{name: string, content_type: string, suffixes: string[]}} Listed */
/** @typedef {import("./language.js").Key} Key */
/** What a file is taken for; `advice` is what to do where the server doesn't take it, if not the
 * usual.
 * @typedef {{name: string|{key: Key}, type: string, advice?: Key}} Format */

/** @type {Record<string, Format>} */
const FORMATS = {
  jpeg: { name: "JPEG", type: "image/jpeg" },
  png: { name: "PNG", type: "image/png" },
  webp: { name: "WebP", type: "image/webp" },
  heic: {
    name: "HEIC",
    type: "image/heic",
    advice: "advice.heic",
  },
  avif: { name: "AVIF", type: "image/avif" },
  gif: { name: "GIF", type: "image/gif" },
  tiff: { name: "TIFF", type: "image/tiff" },
  bmp: { name: "BMP", type: "image/bmp" },
  raw: { name: { key: "format.raw" }, type: "image/x-raw", advice: "advice.raw" },
  jxl: { name: "JPEG XL", type: "image/jxl" },
  jp2: { name: "JPEG 2000", type: "image/jp2" },
  svg: { name: { key: "format.svg" }, type: "image/svg+xml" },
  pdf: { name: "PDF", type: "application/pdf", advice: "advice.pdf" },
  video: { name: { key: "format.video" }, type: "video/mp4", advice: "advice.video" },
};

/** By prefix; `.` stands for any byte. @type {[string, string][]} */
const PREFIXES = [
  ["\xff\xd8\xff", "jpeg"],
  ["\x89PNG\r\n\x1a\n", "png"],
  ["RIFF....WEBP", "webp"],
  ["GIF8", "gif"],
  ["II*\0....CR", "raw"],
  ["II*\0", "tiff"],
  ["MM\0*", "tiff"],
  ["II+\0", "tiff"],
  ["MM\0+", "tiff"],
  ["BM", "bmp"],
  ["IIRO", "raw"],
  ["IIRS", "raw"],
  ["IIU\0", "raw"],
  ["FUJIFILMCCD-RAW", "raw"],
  ["\xff\x0a", "jxl"],
  ["\0\0\0\x0cJXL ", "jxl"],
  ["\0\0\0\x0cjP  ", "jp2"],
  ["\xff\x4f\xff\x51", "jp2"],
  ["<svg", "svg"],
  ["%PDF", "pdf"],
  ["RIFF....AVI ", "video"],
  ["\x1aE\xdf\xa3", "video"],
];

/** Brands of the ISO base media file format (ISO/IEC 14496-12, `ftyp`). */
const HEIC_BRANDS = /heic|heix|heim|heis|hevc|hevx|mif1|msf1/;
const AVIF_BRANDS = /avif|avis/;
/** Names of cameras' files, most of which begin as TIFF files do. */
const RAW_NAMES = /\.(3fr|arw|cr[23]|dcr|dng|erf|iiq|k25|kdc|mef|mos|nef|nrw|orf|pef|raf|rw2|rwl|sr[2fw])$/i;

/** The format of a file; null where it is none of these.
 * @param {File} file @returns {Promise<Format|null>} rejects where the browser can't read it */
export async function formatOf(file) {
  const head = new Uint8Array(await file.slice(0, BYTES_READ).arrayBuffer());
  const kind = kindOf(String.fromCharCode(...head)) ?? "";
  return FORMATS[kind === "tiff" && RAW_NAMES.test(file.name) ? "raw" : kind] ?? null;
}

/** @param {string} head a character for each byte */
function kindOf(head) {
  if (head.startsWith("ftypcrx ", 4)) return "raw";
  if (head.startsWith("ftyp", 4)) {
    if (AVIF_BRANDS.test(head)) return "avif";
    return HEIC_BRANDS.test(head) ? "heic" : "video";
  }
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE svg)/.test(head)) return "svg";
  const isThere = (/** @type {string} */ prefix) =>
    [...prefix].every((each, at) => each === "." || each === head[at]);
  return PREFIXES.find(([prefix]) => isThere(prefix))?.[1];
}

/** What people call it. @param {Format} format */
export const nameOf = ({ name }) => (typeof name === "string" ? name : t(name.key));

/** What people call a format by its suffix, such as `webp`; null: there is none. @param {string} suffix */
export const formatName = (suffix) => (Object.hasOwn(FORMATS, suffix) ? nameOf(FORMATS[suffix]) : null);

/** What to do with a file that the server doesn't take. @param {Format} format */
export const advice = (format) => t(format.advice ?? "advice.export");

/** Their names, as in a sentence. @param {Listed[]} formats */
export const formatNames = (formats) =>
  new Intl.ListFormat(locale).format(formats.map(({ name }) => name));

/** What a file input is to offer: some systems know types, some know names.
 * @param {Listed[]} formats */
export const accepted = (formats) =>
  formats.flatMap(({ content_type, suffixes }) => [content_type, ...suffixes]).join();
