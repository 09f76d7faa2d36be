// @ts-check
/**
 * The calls of the account page.
 *
 * @typedef {import("server").Me} Me
 * @typedef {import("server").SignIn} SignInRow
 * @typedef {import("server").Key} Key
 * @typedef {import("server").EventsEnum} HookEvent
 * @typedef {import("server").WebhookView} Hook
 * @typedef {import("server").Delivery} Delivery
 */

import { answer } from "./answers.js";

export class AccountApi {
  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
  }

  me = () => this.api.get("/api/users/me/");

  /** @param {boolean} isWanted */
  setNotices = (isWanted) => this.api.patch("/api/users/me/", { email_notices: isWanted });

  /** @param {string} current @param {string} password */
  changePassword = (current, password) =>
    this.api.post("/api/users/me/password/", { current, password });

  signIns = async () => (await this.api.get("/api/users/me/sign-ins/")).results;

  /** @param {string} id */
  endSignIn = (id) => this.api.delete(`/api/users/me/sign-ins/${id}/`);

  /** Where one part of everything is to be fetched. @param {number} part from 1 */
  exportPart = (part) => this.api.post("/api/users/me/export/", { part });

  /** All that count: a user has few. */
  keys = async () => (await this.api.get("/api/keys/?page_size=100")).results;

  /** The answer holds the whole key, this once.
   * @param {import("server").NewKeyRequest} wanted */
  makeKey = (wanted) => this.api.post("/api/keys/", wanted);

  /** @param {number} id */
  revokeKey = (id) => this.api.delete(`/api/keys/${id}/`);

  hooks = async () => (await this.api.get("/api/webhooks/?page_size=100")).results;

  /** The answer holds the secret, this once. @param {import("server").NewWebhookRequest} wanted */
  makeHook = (wanted) => this.api.post("/api/webhooks/", wanted);

  /** @param {number} id @param {boolean} enabled */
  enableHook = (id, enabled) => this.api.patch(`/api/webhooks/${id}/`, { enabled });

  /** @param {number} id */
  deleteHook = (id) => this.api.delete(`/api/webhooks/${id}/`);

  /** @param {number} id */
  testHook = (id) => this.api.post(`/api/webhooks/${id}/test/`, {});

  /** The newest ones. @param {number} id */
  deliveries = async (id) => (await this.api.get(`/api/webhooks/${id}/deliveries/?page_size=20`)).results;

  /** @param {number} deliveryId */
  replay = (deliveryId) => this.api.post(`/api/webhooks/deliveries/${deliveryId}/replay/`, {});

  /** What ends every sign-in ends this one too: the answer is waited for all the same.
   * @param {string} password */
  async deleteEverything(password) {
    const token = await this.api.signIn.accessToken();
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
    const body = JSON.stringify({ password });
    return answer(await fetch("/api/users/me/delete/", { method: "POST", headers, body }));
  }
}
