// @ts-check
/** Posts a form and tells how much of it has been sent, which `fetch` can't. */

import { ApiError, parsed } from "./answers.js";

/**
 * @param {string} path @param {FormData} body
 * @param {object} options
 * @param {Record<string, string>} options.headers
 * @param {AbortSignal} options.signal gives the request up; it then ends as an AbortError
 * @param {(fraction: number) => void} options.onProgress
 * @returns {Promise<any>} the answer's JSON; rejects with ApiError, or TypeError of the network
 */
export function sendForm(path, body, { headers, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    call.open("POST", path);
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    call.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    call.onerror = () => reject(new TypeError("network"));
    call.onload = () => {
      const answered = parsed(call.responseText);
      if (call.status >= 200 && call.status < 300 && answered) return resolve(answered);
      return reject(new ApiError(call.status, answered, call.getResponseHeader("Retry-After")));
    };
    call.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => call.abort());
    call.send(body);
  });
}
