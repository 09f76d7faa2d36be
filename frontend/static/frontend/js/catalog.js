// @ts-check
/** The models that photos can be given to, read again while the page is looked at, and where something
 * speaks for their having changed. */

import { inPageLanguage } from "./model_words.js";

const EVERY_MS = 30_000;
/** So long an answer is taken for the present one by who turns to the models. */
const FRESH_MS = 3_000;
/** All pages are told of news at once, and ask within so long. */
const NEWS_WITHIN_MS = 1_000;

export class Catalog {
  /** @type {import("./api.js").Model[]} */
  models = [];
  #isRunning = false;
  #timer = 0;
  #readAt = 0;
  /** @type {Promise<void>|null} */
  #reading = null;
  #known = "";

  /**
   * @param {object} parts
   * @param {import("./api.js").Api} parts.api
   * @param {() => void} parts.onChange told of the first answer and of each one that differs
   * @param {(error: unknown) => void} parts.onError told where there has been no answer yet
   */
  constructor({ api, onChange, onError }) {
    this.api = api;
    this.onChange = onChange;
    this.onError = onError;
  }

  start() {
    this.#isRunning = true;
    window.addEventListener("focus", this.#lookedAt);
    document.addEventListener("visibilitychange", this.#lookedAt);
    void this.refresh();
  }

  stop() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    window.removeEventListener("focus", this.#lookedAt);
    document.removeEventListener("visibilitychange", this.#lookedAt);
  }

  /** What people call a model: its title where it is known, else its name. @param {string} name */
  titleOf = (name) => this.models.find((model) => model.name === name)?.title || name;

  /** The JSON Schema of a model's parameters, where it is known. @param {string} name */
  schemaOf = (name) => this.models.find((model) => model.name === name)?.params_schema;

  /** Read it again, unless that is on its way already. */
  refresh() {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Told that somebody turns to the models. */
  onTurnedTo = () => {
    if (Date.now() - this.#readAt > FRESH_MS) void this.refresh();
  };

  /** Told that the server has other models than before. */
  onNews = async () => {
    // What is being read may be from before.
    await this.#reading;
    if (this.#isRunning) this.#readIn(Math.random() * NEWS_WITHIN_MS);
  };

  /** Told of a refusal, which may be of a model that is gone or paused. @param {any} error */
  onRefusal = (error) => {
    if (error.code?.startsWith("model_")) void this.refresh();
  };

  async #read() {
    this.#readAt = Date.now();
    try {
      const models = await inPageLanguage(await this.api.models());
      if (this.#isRunning) this.#take(models);
    } catch (error) {
      if (this.#isRunning && !this.#known) this.onError(error);
    }
    if (this.#isRunning) this.#readIn(EVERY_MS);
  }

  /** @param {number} ms */
  #readIn(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#lookedAt, ms);
  }

  /** @param {import("./api.js").Model[]} models */
  #take(models) {
    const news = JSON.stringify(models);
    if (news === this.#known) return;
    this.#known = news;
    this.models = models;
    this.onChange();
  }

  #lookedAt = () => {
    if (!document.hidden) void this.refresh();
  };
}
