// @ts-check
/** The files of a drop, those in dropped folders included. */

const IMAGE_NAME = /\.(jpe?g|png|webp)$/i;

/** @param {DataTransfer} transfer @returns {Promise<File[]>} files dropped by themselves as they
 * are, and of folders the images */
export async function filesOf(transfer) {
  // Entries must be taken at once: the transfer is empty after the event.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const found = await Promise.all(entries.map((entry) => read(entry, () => true)));
  return found.flat();
}

/** @param {any} entry @param {(name: string) => boolean} isWanted @returns {Promise<File[]>} */
async function read(entry, isWanted) {
  if (entry.isFile) {
    if (!isWanted(entry.name)) return [];
    return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  }
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    // A reader gives a folder in portions, and an empty one at the end.
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return files;
    for (const each of portion) files.push(...(await read(each, (name) => IMAGE_NAME.test(name))));
  }
}
