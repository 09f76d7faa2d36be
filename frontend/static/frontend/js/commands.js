// @ts-check
/** What the buttons do. A socket event tells the outcome; answers only hurry it along. */

import { ApiError } from "./answers.js";
import { unfinishedOf } from "./selectors.js";
import { sentence, shownName } from "./words.js";

/**
 * @param {object} parts
 * @param {import("./api.js").Api} parts.api
 * @param {import("./sync.js").Sync} parts.sync
 * @param {import("./view/notices.js").Notices} parts.notices
 * @param {(imageId: number, predictionId?: number) => void} parts.open
 * @returns {import("./view/card.js").Commands}
 */
export function commands({ api, sync, notices, open }) {
  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      notices.show(sentence(error), "error");
    }
  };
  const know = (/** @type {any[]} */ predictions) =>
    sync.dispatch({ type: "snapshot", predictions });
  const remove = (/** @type {number} */ id) =>
    void attempt(async () => {
      await api.deleteUpload(id);
      sync.dispatch({ type: "removed", upload: id });
    });
  const cancel = async (/** @type {number} */ id) => {
    try {
      know([await api.cancel(id)]);
    } catch (error) {
      // It ended meanwhile, of which an event tells.
      if (!(error instanceof ApiError && error.code === "not_cancelable")) throw error;
    }
  };
  const cancelThese = (/** @type {number[]} */ ids) =>
    void attempt(async () => {
      // From the end, since workers begin at the other one.
      for (const id of ids.toSorted((a, b) => b - a)) await cancel(id);
    });
  return {
    open: (imageId, predictionId) => {
      open(imageId, predictionId);
      sync.history.read(imageId);
    },
    cancel: (id) => void attempt(() => cancel(id)),
    cancelAll: (uploadId) => cancelThese(unfinishedOf(sync.state, uploadId)),
    cancelThese,
    retry: (id) =>
      void attempt(async () => sync.dispatch({ type: "retried", prediction: await api.retry(id) })),
    run: (imageId, request) =>
      void attempt(async () => {
        const prediction = await api.run(imageId, request);
        know([prediction]);
        open(imageId, prediction.id);
      }),
    remove: (id) => {
      if (window.confirm("Delete this upload, its photos and their results?")) remove(id);
    },
    removeUnwanted: remove,
    copy: async (text) => {
      try {
        // There is no clipboard but on HTTPS and localhost.
        await navigator.clipboard.writeText(text);
        notices.show("Text copied.");
      } catch {
        notices.show("The browser doesn't allow copying here.", "error");
      }
    },
    download: (imageId, predictionId) =>
      void attempt(async () => {
        const { state } = sync;
        const prediction = state.predictions.get(predictionId);
        const image = state.images.get(imageId);
        const stem = image ? stemOf(image) : `photo-${imageId}`;
        if (prediction) await save(api, stem, prediction);
      }),
  };
}

const ENDINGS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

/** The name of an image's file without its ending, and with its page.
 * @param {import("./store.js").Image} image */
function stemOf({ name, page, pages }) {
  const stem = shownName(name).replace(/\.[^.]+$/, "");
  return pages > 1 ? `${stem}-page${page}` : stem;
}

/** @param {import("./api.js").Api} api @param {string} photo without an ending
 * @param {import("./store.js").Prediction} prediction */
async function save(api, photo, { model, output }) {
  const stem = `${photo}-${model}`;
  if (output.kind === "image") {
    return offer(await api.blob(output.url), `${stem}.${ENDINGS[output.content_type] ?? "png"}`);
  }
  if (output.kind === "text") {
    return offer(new Blob([output.text], { type: "text/plain" }), `${stem}.txt`);
  }
  const json = JSON.stringify(output, null, 2);
  return offer(new Blob([json], { type: "application/json" }), `${stem}.json`);
}

/** @param {Blob} blob @param {string} name */
function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
