// @ts-check
/**
 * Rectangles in a photo, as they are drawn, moved and sized.
 *
 * @typedef {[number, number, number, number]} Rectangle left, top, width and height in whole pixels
 * of the upright photo
 * @typedef {{width: number, height: number}} Size in pixels
 * @typedef {{x: number, y: number}} Point in pixels
 * @typedef {{x: -1|0|1, y: -1|0|1}} Grip what is held of a rectangle: -1 its left or upper edge, 1
 * its right or lower one; none of them: the rectangle itself
 */

/** Of a photo's side, left free around the rectangle that one begins with. */
const MARGIN = 0.1;

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/** The one from a corner to the opposite one, as far as it is in the photo, and a pixel at least.
 * @param {Point} one @param {Point} other @param {Size} size the photo's @returns {Rectangle} */
export function between(one, other, { width, height }) {
  const [left, right] = span(one.x, other.x, width);
  const [top, bottom] = span(one.y, other.y, height);
  return [left, top, right - left, bottom - top];
}

/** @param {number} one @param {number} other @param {number} length @returns {[number, number]} */
function span(one, other, length) {
  const from = clamp(Math.round(Math.min(one, other)), 0, length - 1);
  return [from, clamp(Math.round(Math.max(one, other)), from + 1, length)];
}

/** The one to begin with. @param {Size} size the photo's @returns {Rectangle} */
export const beginning = (size) =>
  between(
    { x: size.width * MARGIN, y: size.height * MARGIN },
    { x: size.width * (1 - MARGIN), y: size.height * (1 - MARGIN) },
    size,
  );

/** Moved as it is, or with the held edges moved alone.
 * @param {Rectangle} rectangle @param {Grip} grip @param {Point} by @param {Size} size the photo's
 * @returns {Rectangle} */
export function dragged([left, top, width, height], grip, by, size) {
  if (grip.x === 0 && grip.y === 0) {
    const x = clamp(Math.round(left + by.x), 0, Math.max(0, size.width - width));
    const y = clamp(Math.round(top + by.y), 0, Math.max(0, size.height - height));
    return [x, y, width, height];
  }
  const moved = (/** @type {number} */ edge, /** @type {boolean} */ isHeld, /** @type {number} */ way) =>
    isHeld ? edge + way : edge;
  return between(
    { x: moved(left, grip.x < 0, by.x), y: moved(top, grip.y < 0, by.y) },
    { x: moved(left + width, grip.x > 0, by.x), y: moved(top + height, grip.y > 0, by.y) },
    size,
  );
}

/** What of a rectangle a pointer gets hold of; null: nothing.
 * @param {Rectangle} rectangle @param {Point} point
 * @param {number} reach how far from an edge it is still held, in pixels of the photo
 * @returns {Grip|null} */
export function gripAt([left, top, width, height], point, reach) {
  const x = side(point.x - left, width, reach);
  const y = side(point.y - top, height, reach);
  return x === null || y === null ? null : { x, y };
}

/** @param {number} at from the first edge @param {number} length @param {number} reach
 * @returns {-1|0|1|null} */
function side(at, length, reach) {
  if (at < -reach || at > length + reach) return null;
  // However small it is, its middle moves it.
  const inside = Math.min(reach, length / 3);
  if (at < inside) return -1;
  return at > length - inside ? 1 : 0;
}
