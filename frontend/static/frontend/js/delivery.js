// @ts-check
/**
 * One upload on its way to the server: tried again while that may help, under the same key. A server
 * that can't be reached is tried until it can.
 *
 * @typedef {import("./batch.js").Batch} Batch
 * @typedef {{kind: "accepted", upload: import("server").ReceivedUpload}|{kind: "refused", error: ApiError}|
 *   {kind: "postponed", pause: Promise<void>}|{kind: "canceled"}|{kind: "failed"}} Outcome
 * `postponed`: the model can't be started now, which holds back no photo for another one
 */

import { ApiError } from "./answers.js";
import { backoff, delay, delayUntilOnline } from "./backoff.js";
import { form, isCanceling } from "./batch.js";
import { t } from "./language.js";
import { sentence } from "./words.js";

const TRIES = 5;

/**
 * Send it. Where it is given up meanwhile, the outcome means nothing.
 * @param {Batch} batch
 * @param {object} parts
 * @param {import("./sign_in.js").SignIn} parts.signIn
 * @param {typeof import("./send_form.js").sendForm} parts.send
 * @param {() => void} parts.onChange told how far it is, and of each trouble
 * @param {(error: unknown) => void} parts.onRefusal
 * @returns {Promise<Outcome>}
 */
export async function deliver(batch, { signIn, send, onChange, onRefusal }) {
  const { signal } = batch.cancel;
  /** @type {string|undefined} */
  let refused;
  while (batch.failures < TRIES) {
    onChange();
    let token;
    try {
      token = await signIn.accessToken(refused);
      return { kind: "accepted", upload: await post(batch, token, send, onChange) };
    } catch (error) {
      if (signal.aborted) break;
      if (isCanceling(batch)) return { kind: "canceled" };
      onRefusal(error);
      const isLost = error instanceof TypeError && !(await isReadable(batch));
      if (signal.aborted) break;
      const isAway = error instanceof TypeError && !isLost;
      batch.failures = isAway ? Math.min(batch.failures + 1, TRIES - 1) : batch.failures + 1;
      if (error instanceof ApiError && error.status === 401) {
        refused = token;
        continue;
      }
      if (error instanceof ApiError && !error.isPassing) return { kind: "refused", error };
      batch.message = isLost ? t("refused.unreadable") : sentence(error);
      batch.fraction = 0;
      onChange();
      if (batch.failures === TRIES) break;
      const wait = isAway ? delayUntilOnline : delay;
      const pause = wait(error.retryAfterMs ?? backoff(batch.failures - 1), signal);
      if (error.code === "model_unavailable") return { kind: "postponed", pause };
      await pause;
      if (signal.aborted) break;
    }
  }
  return { kind: "failed" };
}

/** Whether all files are as they were chosen: for one that was changed or removed since, a browser says
 * what it says without a network. @param {Batch} batch */
const isReadable = ({ items }) =>
  Promise.all(items.map(({ file }) => file.slice(0, 1).arrayBuffer())).then(
    () => true,
    () => false,
  );

/** @param {Batch} batch @param {string} token
 * @param {typeof import("./send_form.js").sendForm} send @param {() => void} onChange
 * @returns {Promise<import("server").ReceivedUpload>} */
const post = (batch, token, send, onChange) =>
  send("/api/uploads/?partial=1", form(batch), {
    headers: { Authorization: `Bearer ${token}`, "Idempotency-Key": batch.key },
    signal: batch.cancel.signal,
    onProgress: (fraction) => {
      batch.fraction = fraction;
      onChange();
    },
  });
