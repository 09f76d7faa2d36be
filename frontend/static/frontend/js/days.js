// @ts-check
/**
 * The photos in the gallery's order: the newest upload first, each in its own order, by the day on
 * which they were sent.
 *
 * @typedef {{key: string, sentAt: string, imageIds: number[]}} Day `sentAt` of its newest photo
 */

import { uploadIds } from "./selectors.js";

/** Local days of moments, since each upload's is asked for again and again.
 * @type {Map<string, string>} */
const known = new Map();

/** @param {string} iso */
function dayOf(iso) {
  const day = known.get(iso) ?? new Date(iso).toDateString();
  known.set(iso, day);
  return day;
}

/** @param {import("./store.js").State} state
 * @param {(image: import("./store.js").Image) => boolean} isWanted @returns {Day[]} */
export function days(state, isWanted) {
  /** @type {Map<string, Day>} */
  const found = new Map();
  for (const id of uploadIds(state)) {
    const { created_at: sentAt, imageIds } = /** @type {import("./store.js").Upload} */ (state.uploads.get(id));
    const wanted = imageIds.filter((each) => {
      const image = state.images.get(each);
      return image && isWanted(image);
    });
    if (wanted.length === 0) continue;
    const key = dayOf(sentAt);
    const day = found.get(key);
    if (day) day.imageIds.push(...wanted);
    else found.set(key, { key, sentAt, imageIds: wanted });
  }
  return [...found.values()];
}
