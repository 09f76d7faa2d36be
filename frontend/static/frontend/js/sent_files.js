// @ts-check
/** Files that were sent from here, by image id: a photo's picture until the server has a thumbnail. */

/** @extends {Map<number, File>} */
export class SentFiles extends Map {
  /** @param {import("server").Upload} upload as the server answered @param {File[]} files by their position */
  keep(upload, files) {
    for (const image of upload.images) this.set(image.id, files[image.position]);
  }

  /** Let go of those that the server has a picture of. @param {import("./store.js").State} state */
  forgetShown({ images }) {
    for (const id of this.keys()) {
      const image = images.get(id);
      if (!image || image.thumbnail) this.delete(id);
    }
  }
}
