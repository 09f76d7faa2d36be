// @ts-check
/** What the buttons do. A socket event tells the outcome; answers only hurry it along. */

import { ApiError } from "./answers.js";
import { backoff, delay } from "./backoff.js";
import { canRetry } from "./order.js";
import { t } from "./language.js";
import { card, newestText, readOn } from "./selectors.js";
import { save } from "./saving.js";
import { SignedOut } from "./sign_in.js";
import { imageName, sentence, shortName } from "./words.js";
import { takeAlong } from "./taking_along.js";
import { UNDO_MS } from "./trash.js";

/**
 * @typedef {object} Commands
 * @property {(imageId: number, predictionId?: number) => void} open
 * @property {(predictionIds: number[]) => void} cancel
 * @property {(predictionIds: number[]) => void} retry
 * @property {(imageIds: number[], request: {model: string, params?: object}) => void} run
 * @property {(request: {model: string, params: object}) => void} again lets choose other photos for it
 * @property {(imageIds: number[]) => void} remove can be taken back for a while
 * @property {(imageIds: number[], isPinned: boolean) => void} pin whether their files stay on the server
 * @property {(imageIds: number[]) => Promise<void>} erase at once and for good
 * @property {(uploadId: number) => void} removeUnwanted
 * @property {(text: string) => void} copy
 * @property {(predictionId: number) => void} copyResult its text, as it reads by then
 * @property {(imageIds: number[]) => void} copyTextOf
 * @property {(imageId: number, predictionId: number, form?: import("./saving.js").Form) => void} download
 * @property {(imageIds: number[], form: import("./taking_along.js").Form) => void} takeAlong
 */

/** Asks again where a minute's requests are used up: a selection may be of thousands.
 * @template T @param {() => Promise<T>} ask @returns {Promise<T>} */
async function patiently(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "too_many_requests")) throw error;
      await delay(error.retryAfterMs ?? backoff(0));
    }
  }
}

/**
 * @param {object} parts
 * @param {import("./api.js").Api} parts.api
 * @param {import("./sync.js").Sync} parts.sync
 * @param {import("./view/notices.js").Notices} parts.notices
 * @param {import("./trash.js").Trash} parts.trash
 * @param {(imageId: number, predictionId?: number) => void} parts.open
 * @param {(imageIds: number[]) => void} parts.turnTo goes to photos that are there again
 * @param {Commands["again"]} parts.again
 * @param {(error: unknown) => void} parts.onRefusal told of what could not be done
 * @returns {Commands}
 */
export function commands({ api, sync, notices, trash, open, turnTo, again, onRefusal }) {
  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      notices.show(sentence(error), "error");
      onRefusal(error);
    }
  };
  /** One after the other; `passing` is the code of an error that only means it is too late. */
  const each = (
    /** @type {number[]} */ ids,
    /** @type {(id: number) => Promise<void>} */ act,
    /** @type {string} */ passing,
  ) =>
    attempt(async () => {
      for (const id of ids) {
        try {
          await patiently(() => act(id));
        } catch (error) {
          if (!(error instanceof ApiError && error.code === passing)) throw error;
        }
      }
    });
  const know = (/** @type {import("server").Prediction[]} */ predictions) =>
    sync.dispatch({ type: "snapshot", predictions });
  const copy = async (/** @type {string} */ text) => {
    try {
      // There is no clipboard but on HTTPS and localhost.
      await navigator.clipboard.writeText(text);
      notices.show(t("copied"));
    } catch {
      notices.show(t("copying_refused"), "error");
    }
  };
  return {
    open: (imageId, predictionId) => {
      open(imageId, predictionId);
      sync.history.read(imageId);
    },
    again,
    cancel: (ids) => {
      // From the end, since workers begin at the other one. What ended meanwhile is told by an event.
      const last = ids.toSorted((a, b) => b - a);
      void each(last, async (id) => know([await api.cancel(id)]), "not_cancelable");
    },
    retry: (ids) => {
      const retry = async (/** @type {number} */ id) =>
        sync.dispatch({ type: "retried", prediction: await api.retry(id) });
      void each(ids, retry, "not_retryable");
    },
    run: (imageIds, request) =>
      void attempt(async () => {
        for (const id of imageIds) {
          const prediction = await patiently(() => api.run(id, request));
          know([prediction]);
          if (imageIds.length === 1) open(id, prediction.id);
        }
      }),
    remove: (imageIds) => {
      trash.put(imageIds);
      const image = sync.state.images.get(imageIds[0]);
      const said =
        imageIds.length === 1 && image
          ? t("photo.deleted", { name: shortName(imageName(image)) })
          : t("photos.deleted", { count: imageIds.length });
      const run = () => {
        trash.takeBack(imageIds);
        turnTo(imageIds);
      };
      notices.show(said, "info", { label: t("action.undo"), run, ms: UNDO_MS });
    },
    pin: (imageIds, isPinned) =>
      void attempt(async () => {
        for (const id of imageIds) {
          const image = await patiently(() => api.pin(id, isPinned));
          sync.dispatch({ type: "snapshot", images: [image] });
        }
        notices.show(t(isPinned ? "pin.done" : "pin.undone", { count: imageIds.length }));
      }),
    erase: async (imageIds) => {
      const gone = async (/** @type {number} */ id) => {
        try {
          await api.deleteImage(id);
        } catch (error) {
          // Signed out elsewhere: it is remembered, and deleted at the next visit.
          if (error instanceof SignedOut || error.name === "AbortError") return;
          if (error.status !== 404) {
            trash.takeBack([id]);
            throw error;
          }
        }
        trash.forget([id]);
        sync.dispatch({ type: "removed", image: id });
      };
      // Side by side: when the page is left, none may wait for another.
      await Promise.all(imageIds.map((id) => attempt(() => gone(id))));
    },
    removeUnwanted: (id) =>
      void attempt(async () => {
        await api.deleteUpload(id);
        sync.dispatch({ type: "removed", upload: id });
      }),
    copy: (text) => void copy(text),
    copyResult: (id) => void copy(readOn(sync.state.predictions.get(id))?.text ?? ""),
    copyTextOf: (imageIds) => {
      const texts = imageIds.map((id) => newestText(sync.state, id));
      void copy(texts.filter(Boolean).join("\n\n"));
    },
    download: (imageId, predictionId, form = "result") =>
      void attempt(async () => {
        const { state } = sync;
        const prediction = state.predictions.get(predictionId);
        const image = state.images.get(imageId);
        if (prediction && image) await save(api, image, prediction, form);
      }),
    takeAlong: (imageIds, form) =>
      void attempt(async () => {
        const { begun, missing } = await takeAlong(api, imageIds, form);
        notices.show(t("selection.begun", { count: begun }));
        if (missing) notices.show(t("selection.missing", { count: missing }));
      }),
  };
}

/** What can be done with some photos: their newest predictions that can be canceled or tried again,
 * whether there is text, and which photos are not pinned.
 * @param {import("./store.js").State} state @param {number[]} imageIds */
export function possible(state, imageIds) {
  const newest = imageIds.flatMap((id) => card(state, id)?.prediction ?? []);
  return {
    cancel: newest.filter((each) => ["queued", "running"].includes(each.state)).map(({ id }) => id),
    retry: newest.filter(canRetry).map(({ id }) => id),
    unpinned: imageIds.filter((id) => !state.images.get(id)?.pinned),
    hasText: imageIds.some((id) => newestText(state, id)),
  };
}
