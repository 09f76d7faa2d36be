// @ts-check
/** ThumbHash (https://evanw.github.io/thumbhash/, by Evan Wallace, MIT): a picture in 25 bytes, as the server
 * makes them of opaque pictures. */

/** Frequencies of brightness along the longer side. */
const MOST = 7;

/** @typedef {{x: number, y: number, factor: number}} Factor */

/** Pixels of a picture, 4 bytes each. @param {string} hash in base64 @param {number} width
 * @param {number} height to draw it in @returns {Uint8ClampedArray<ArrayBuffer>} */
export function pixelsOf(hash, width, height) {
  const bytes = Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  const head = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const more = bytes[3] | (bytes[4] << 8);
  const shorter = Math.max(3, more & 7);
  const [across, down] = more >> 15 ? [MOST, shorter] : [shorter, MOST];
  let at = 10;
  /** A plane's frequencies, lowest first. @param {number} nx @param {number} ny @param {number} scale
   * @returns {Factor[]} */
  const factors = (nx, ny, scale) =>
    frequencies(nx, ny).map(([x, y]) => {
      const nibble = (bytes[at >> 1] >> ((at & 1) << 2)) & 15;
      at += 1;
      return { x, y, factor: (nibble / 7.5 - 1) * scale * 2 };
    });
  const light = factors(across, down, ((head >> 18) & 31) / 31);
  // A little more of the colors than there is: they are what most is lost of.
  const yellow = factors(3, 3, (((more >> 3) & 63) / 63) * 1.25);
  const reddish = factors(3, 3, (((more >> 9) & 63) / 63) * 1.25);
  const columns = cosines(width);
  const rows = cosines(height);
  /** What a plane is of at each place, from its mean. @param {Factor[]} plane @param {number} mean */
  const values = (plane, mean) => {
    const down = columns.map((column) => {
      const sums = new Float64Array(MOST);
      for (const { x, y, factor } of plane) sums[y] += factor * column[x];
      return sums;
    });
    return (/** @type {number} */ index) => {
      const sums = down[index % width];
      const row = rows[Math.floor(index / width)];
      let value = mean;
      for (let y = 0; y < MOST; y += 1) value += sums[y] * row[y];
      return value;
    };
  };
  const lightAt = values(light, (head & 63) / 63);
  const yellowAt = values(yellow, ((head >> 6) & 63) / 31.5 - 1);
  const reddishAt = values(reddish, ((head >> 12) & 63) / 31.5 - 1);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let index = 0; index < width * height; index += 1) {
    const l = lightAt(index);
    const q = reddishAt(index);
    const blue = l - (2 / 3) * yellowAt(index);
    const red = (3 * l - blue + q) / 2;
    pixels[4 * index] = 255 * red;
    pixels[4 * index + 1] = 255 * (red - q);
    pixels[4 * index + 2] = 255 * blue;
    pixels[4 * index + 3] = 255;
  }
  return pixels;
}

/** @param {number} nx @param {number} ny @returns {[number, number][]} */
function frequencies(nx, ny) {
  /** @type {[number, number][]} */
  const found = [];
  for (let y = 0; y < ny; y += 1) {
    for (let x = y ? 0 : 1; x * ny < nx * (ny - y); x += 1) found.push([x, y]);
  }
  return found;
}

/** For each of so many places every frequency there is. @param {number} size */
const cosines = (size) =>
  Array.from({ length: size }, (_, place) =>
    Array.from({ length: MOST }, (__, each) => Math.cos((Math.PI / size) * (place + 0.5) * each)),
  );
