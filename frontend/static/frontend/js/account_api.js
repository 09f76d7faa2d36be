// @ts-check
/**
 * The calls of the account page.
 *
 * @typedef {{username: string, is_staff: boolean, email: string, email_notices: boolean,
 *   quota: {bytes_used: number, bytes_limit: number|null, queued: number, queued_limit: number|null},
 *   counts: {uploads: number, images: number, predictions: number}}} Me
 * @typedef {{id: string, created_at: string, last_used_at: string, address: string|null,
 *   client: string, current: boolean}} SignInRow
 * @typedef {{id: number, name: string, prefix: string, scopes: string[], created_at: string,
 *   expires_at: string|null, last_used_at: string|null}} Key
 * @typedef {"prediction.succeeded"|"prediction.failed"|"prediction.canceled"|"upload.finished"} HookEvent
 * @typedef {{id: number, url: string, events: HookEvent[], enabled: boolean, disabled_reason: string,
 *   disabled_code: string, delivered_at: string|null}} Hook
 * @typedef {{id: number, event: string, status: "pending"|"delivered"|"failed", attempts: number,
 *   created_at: string, http_status: number|null, error_code: string}} Delivery
 */

import { answer } from "./answers.js";

export class AccountApi {
  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  /** @returns {Promise<Me>} */
  me = () => this.api.get("/api/users/me/");

  /** @param {boolean} isWanted @returns {Promise<Me>} */
  setNotices = (isWanted) => this.#send("PATCH", "/api/users/me/", { email_notices: isWanted });

  /** @param {string} current @param {string} password */
  changePassword = (current, password) =>
    this.api.post("/api/users/me/password/", { current, password });

  /** @returns {Promise<SignInRow[]>} */
  signIns = async () => (await this.api.get("/api/users/me/sign-ins/")).results;

  /** @param {string} id */
  endSignIn = (id) => this.#send("DELETE", `/api/users/me/sign-ins/${id}/`);

  /** Where one part of everything is to be fetched. @param {number} part from 1
   * @returns {Promise<{url: string, parts: number}>} */
  exportPart = (part) => this.api.post("/api/users/me/export/", { part });

  /** All that count: a user has few. @returns {Promise<Key[]>} */
  keys = async () => (await this.api.get("/api/keys/?page_size=100")).results;

  /** The answer holds the whole key, this once.
   * @param {{name: string, scopes: string[], expires_at: string|null}} wanted
   * @returns {Promise<{key: string}>} */
  makeKey = (wanted) => this.api.post("/api/keys/", wanted);

  /** @param {number} id */
  revokeKey = (id) => this.#send("DELETE", `/api/keys/${id}/`);

  /** @returns {Promise<Hook[]>} */
  hooks = async () => (await this.api.get("/api/webhooks/?page_size=100")).results;

  /** The answer holds the secret, this once. @param {{url: string, events: HookEvent[]}} wanted
   * @returns {Promise<{secret: string}>} */
  makeHook = (wanted) => this.api.post("/api/webhooks/", wanted);

  /** @param {number} id @param {boolean} enabled */
  enableHook = (id, enabled) => this.#send("PATCH", `/api/webhooks/${id}/`, { enabled });

  /** @param {number} id */
  deleteHook = (id) => this.#send("DELETE", `/api/webhooks/${id}/`);

  /** @param {number} id */
  testHook = (id) => this.api.post(`/api/webhooks/${id}/test/`);

  /** The newest ones. @param {number} id @returns {Promise<Delivery[]>} */
  deliveries = async (id) => (await this.api.get(`/api/webhooks/${id}/deliveries/?page_size=20`)).results;

  /** @param {number} deliveryId */
  replay = (deliveryId) => this.api.post(`/api/webhooks/deliveries/${deliveryId}/replay/`);

  /** What ends every sign-in ends this one too: the answer is waited for all the same.
   * @param {string} password */
  async deleteEverything(password) {
    const token = await this.api.signIn.accessToken();
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
    const body = JSON.stringify({ password });
    return answer(await fetch("/api/users/me/delete/", { method: "POST", headers, body }));
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #send(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    const options = body ? { method, headers, body: JSON.stringify(body) } : { method };
    return answer(await this.api.fetch(path, options));
  }
}
