// @ts-check
/** The state without what was deleted, which never comes back.
 * @typedef {import("./store.js").State} State */

/** @param {State} state @param {number} id @returns {State} */
export function withoutUpload(state, id) {
  const others = (/** @type {[number, {upload: number}]} */ [, each]) => each.upload !== id;
  const uploads = new Map(state.uploads);
  uploads.delete(id);
  const missing = new Set(state.missing);
  missing.delete(id);
  const predictions = new Map([...state.predictions].filter(others));
  return {
    ...state,
    uploads,
    missing,
    predictions,
    images: new Map([...state.images].filter(others)),
    live: new Map([...state.live].filter(([each]) => predictions.has(each))),
    deleted: new Set(state.deleted).add(id),
  };
}

/** @param {State} state @param {number} id @returns {State} */
export function withoutImage(state, id) {
  const others = (/** @type {[number, {image: number}]} */ [, each]) => each.image !== id;
  const predictions = new Map([...state.predictions].filter(others));
  const images = new Map(state.images);
  images.delete(id);
  const uploads = new Map(state.uploads);
  const upload = uploads.get(state.images.get(id)?.upload ?? 0);
  const left = upload?.imageIds.filter((each) => each !== id) ?? [];
  if (upload && left.length) uploads.set(upload.id, { ...upload, imageIds: left });
  else if (upload) uploads.delete(upload.id);
  return {
    ...state,
    uploads,
    predictions,
    images,
    live: new Map([...state.live].filter(([each]) => predictions.has(each))),
    deletedImages: new Set(state.deletedImages).add(id),
  };
}
