// @ts-check
/** What a file is by its first bytes, whatever its name says. */

const BYTES_READ = 64;

/** The kinds of files that people take for photos or keep beside them. The server says which
 * content types it takes; `advice` is what to do with one that it doesn't.
 * @typedef {{name: string, type: string, advice: string}} Format */

const EXPORT = "Save it as JPEG or PNG first.";

/** @type {Record<string, Format>} */
const FORMATS = {
  jpeg: { name: "JPEG", type: "image/jpeg", advice: EXPORT },
  png: { name: "PNG", type: "image/png", advice: EXPORT },
  webp: { name: "WebP", type: "image/webp", advice: EXPORT },
  heic: {
    name: "HEIC",
    type: "image/heic",
    advice: "On an iPhone: Settings › Camera › Formats › Most Compatible.",
  },
  avif: { name: "AVIF", type: "image/avif", advice: EXPORT },
  gif: { name: "GIF", type: "image/gif", advice: EXPORT },
  tiff: { name: "TIFF or camera raw", type: "image/tiff", advice: EXPORT },
  bmp: { name: "BMP", type: "image/bmp", advice: EXPORT },
  jxl: { name: "JPEG XL", type: "image/jxl", advice: EXPORT },
  svg: { name: "SVG drawing", type: "image/svg+xml", advice: EXPORT },
  pdf: { name: "PDF", type: "application/pdf", advice: "Save its pages as pictures first." },
  video: { name: "Videos", type: "video/mp4", advice: "Choose photos instead." },
};

/** By prefix; `.` stands for any byte. @type {[string, string][]} */
const PREFIXES = [
  ["\xff\xd8\xff", "jpeg"],
  ["\x89PNG\r\n\x1a\n", "png"],
  ["RIFF....WEBP", "webp"],
  ["GIF8", "gif"],
  ["II*\0", "tiff"],
  ["MM\0*", "tiff"],
  ["BM", "bmp"],
  ["\xff\x0a", "jxl"],
  ["\0\0\0\x0cJXL ", "jxl"],
  ["<svg", "svg"],
  ["%PDF", "pdf"],
  ["RIFF....AVI ", "video"],
  ["\x1aE\xdf\xa3", "video"],
];

/** Brands of the ISO base media file format (ISO/IEC 14496-12, `ftyp`). */
const HEIC_BRANDS = /heic|heix|heim|heis|hevc|hevx|mif1|msf1/;
const AVIF_BRANDS = /avif|avis/;

/** The format of a file; null where it is none of these.
 * @param {Blob} file @returns {Promise<Format|null>} rejects where the browser can't read it */
export async function formatOf(file) {
  const head = new Uint8Array(await file.slice(0, BYTES_READ).arrayBuffer());
  return FORMATS[kindOf(String.fromCharCode(...head)) ?? ""] ?? null;
}

/** @param {string} head a character for each byte */
function kindOf(head) {
  if (head.startsWith("ftyp", 4)) {
    if (AVIF_BRANDS.test(head)) return "avif";
    return HEIC_BRANDS.test(head) ? "heic" : "video";
  }
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE svg)/.test(head)) return "svg";
  const isThere = (/** @type {string} */ prefix) =>
    [...prefix].every((each, at) => each === "." || each === head[at]);
  return PREFIXES.find(([prefix]) => isThere(prefix))?.[1];
}

/** The names of these content types, as in a sentence. @param {string[]} types */
export function formatNames(types) {
  const known = Object.values(FORMATS).filter(({ type }) => types.includes(type));
  return new Intl.ListFormat("en-GB").format(known.map(({ name }) => name));
}
