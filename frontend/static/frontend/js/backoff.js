// @ts-check
/** Waiting between tries: exponential with jitter, so that many pages don't come back at once. */

/** How long to wait before try number `failures` + 1.
 * @param {number} failures how many tries have failed, from 0
 * @param {{firstMs?: number, mostMs?: number}} [bounds] @returns {number} in milliseconds */
export function backoff(failures, { firstMs = 500, mostMs = 15_000 } = {}) {
  const ceiling = Math.min(firstMs * 2 ** failures, mostMs);
  return ceiling * (0.5 + Math.random() / 2);
}

/** @param {number} ms @param {AbortSignal} [signal] ends the waiting early
 * @returns {Promise<void>} */
export const delay = (ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener("abort", end, { once: true });
  });

/** The same, which ends too when the device has a network again.
 * @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
export async function delayUntilOnline(ms, signal) {
  const online = new AbortController();
  const end = () => online.abort();
  window.addEventListener("online", end, { once: true });
  await delay(ms, AbortSignal.any([signal, online.signal]));
  window.removeEventListener("online", end);
}
