// @ts-check
/**
 * Where tiles lie, all of one size, so that a photo's place is known without its being there.
 *
 * @typedef {{columns: number, tile: number, row: number, gap: number}} Grid in CSS pixels: a tile's
 * width, and from one row to the next
 */

/** @param {number} width to be filled @param {{least: number, gap: number, caption: number}} sizes
 * the least width of a tile, what is between two, and the height of what stands below a photo
 * @returns {Grid} */
export function grid(width, { least, gap, caption }) {
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const tile = Math.max(1, (width - gap * (columns - 1)) / columns);
  return { columns, tile, row: tile + caption + gap, gap };
}

/** How high so many tiles are. @param {Grid} grid @param {number} count */
export const heightOf = ({ columns, row, gap }, count) =>
  Math.max(0, Math.ceil(count / columns) * row - gap);

/** Which tiles are between two heights, as the first and the one after the last.
 * @param {Grid} grid @param {number} count @param {number} from @param {number} to in pixels below
 * the first row's top @returns {[number, number]} */
export function tilesBetween({ columns, row }, count, from, to) {
  if (to <= 0 || from >= Math.ceil(count / columns) * row) return [0, 0];
  const first = Math.max(0, Math.floor(from / row)) * columns;
  return [first, Math.min(count, Math.ceil(to / row) * columns)];
}
