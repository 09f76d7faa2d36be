// @ts-check
/** The files of a drop, those in dropped folders included. */

/** What systems put into folders and nobody has chosen. */
const SYSTEM_FILE = /^(\..*|Thumbs\.db|desktop\.ini)$/i;

/** @param {DataTransfer} transfer
 * @returns {Promise<{files: File[], unread: string[]}>} the files, and the names of what the
 * browser couldn't read */
export async function filesOf(transfer) {
  // Entries must be taken at once: the transfer is empty after the event.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found = { files: /** @type {File[]} */ ([]), unread: /** @type {string[]} */ ([]) };
  if (entries.length === 0) return { ...found, files: [...transfer.files] };
  for (const entry of entries) await read(entry, found);
  return found;
}

/** @param {any} entry @param {{files: File[], unread: string[]}} found */
async function read(entry, found) {
  try {
    if (entry.isFile) {
      found.files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      // A reader gives a folder in portions, and an empty one at the end.
      const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (portion.length === 0) return;
      for (const each of portion) if (!SYSTEM_FILE.test(each.name)) await read(each, found);
    }
  } catch {
    found.unread.push(entry.name);
  }
}
