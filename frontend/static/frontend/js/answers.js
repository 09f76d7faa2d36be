// @ts-check
/** Answers of the API: their JSON, or an error that carries the API's code and what it says. */

import { t, told } from "./language.js";

export class ApiError extends Error {
  /** @param {number} status @param {import("server").Error|null} body
   * @param {string|null} retryAfter in seconds */
  constructor(status, body, retryAfter = null) {
    super(body?.message ? told(body) : t("problem.unexpected", { status: String(status) }));
    this.status = status;
    this.code = body?.code ?? "unexpected_answer";
    /** @type {import("server").FaultEntry[]} */
    this.errors = (body?.errors ?? []).map((each) => ({ ...each, message: told(each) }));
    this.retryAfterMs = retryAfter && Number(retryAfter) >= 0 ? Number(retryAfter) * 1000 : null;
  }

  /** Whether the same request may well succeed a little later. */
  get isPassing() {
    return [429, 502, 503, 504].includes(this.status);
  }
}

/** The JSON of an answer, or null of an empty one; throws ApiError for 4xx and 5xx.
 * @param {Response} response @returns {Promise<any>} */
export async function answer(response) {
  const body = parsed(await response.text());
  if (response.ok) return body;
  throw new ApiError(response.status, body, response.headers.get("Retry-After"));
}

/** @param {string} text */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
