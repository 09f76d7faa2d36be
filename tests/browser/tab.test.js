// @ts-check
import { Notifier } from "../../frontend/static/frontend/js/notifier.js";
import { initialState, reduce } from "../../frontend/static/frontend/js/store.js";
import { Overview } from "../../frontend/static/frontend/js/view/overview.js";
import { fakes, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const prediction = (/** @type {number} */ id, state = "queued") => ({
  id, image: id, upload: 1, model: "ocr", state, attempt: 0, created_at: "2026-03-01T10:00:00Z", started_at: null,
  finished_at: ["succeeded", "failed"].includes(state) ? "2026-03-01T10:00:09Z" : null,
  queue_position: null, output: null, error: null,
});

const holding = (/** @type {any[]} */ ...predictions) =>
  reduce(initialState(), { type: "snapshot", predictions });

let isHidden = false;
Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });

/** @param {boolean} hidden */
function turnTo(hidden) {
  isHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

/** An overview on a page with an icon; `told` is what the system was asked to show. */
function made({ permission = "granted", constructs = true } = {}) {
  fakes();
  turnTo(false);
  document.head.querySelector("link[rel=icon]")?.remove();
  const link = Object.assign(document.createElement("link"), { rel: "icon", href: "/own.svg" });
  document.head.append(link);
  const told = /** @type {string[]} */ ([]);
  class FakeNotification {
    static permission = permission;

    static async requestPermission() {
      FakeNotification.permission = "granted";
    }

    constructor(/** @type {string} */ _, /** @type {any} */ { body }) {
      if (!constructs) throw new TypeError("Use ServiceWorkerRegistration.showNotification().");
      told.push(body);
    }
  }
  Object.defineProperty(globalThis, "Notification", { value: FakeNotification, configurable: true, writable: true });
  const overview = new Overview(() => {}, new Notifier());
  overview.start();
  return { overview, told, link, FakeNotification, icon: () => decodeURIComponent(link.getAttribute("href") ?? "") };
}

const WORKING = holding(prediction(1, "succeeded"), prediction(2), prediction(3));
const ENDED = holding(prediction(1, "succeeded"), prediction(2, "failed"), prediction(3, "succeeded"));

test("the tab's icon tells how far all is, and is the page's own again afterwards", () => {
  const { overview, icon } = made();
  overview.render(holding(prediction(1, "succeeded"), prediction(2)), 2);
  equal(icon().includes('stroke-dasharray="25 100"'), true);
  overview.render(ENDED, 0);
  equal([icon(), document.title], ["/own.svg", "Darkroom"]);
  overview.stop();
});

test("who looks at something else is told once when all is done, if that is wanted", async () => {
  const { overview, told, icon } = made();
  await overview.notifier.want(true);
  overview.render(WORKING, 0);
  turnTo(true);
  overview.render(ENDED, 0);
  overview.render(ENDED, 0);
  equal(told, ["3 photos finished. 1 failed"]);
  equal([document.title, icon().includes("<path")], ["Done · 1 failed – Darkroom", true]);
  turnTo(false);
  equal([document.title, icon()], ["Darkroom", "/own.svg"]);
  overview.stop();
});

test("nobody is told who looks at the page, or does not want it, or has canceled all", async () => {
  const { overview, told } = made();
  await overview.notifier.want(true);
  overview.render(WORKING, 0);
  overview.render(ENDED, 0);
  turnTo(true);
  overview.render(holding(prediction(2), prediction(3)), 0);
  overview.render(holding(prediction(2, "canceled"), prediction(3, "canceled")), 0);
  await overview.notifier.want(false);
  overview.render(WORKING, 0);
  overview.render(ENDED, 0);
  await settled();
  equal(told, []);
  overview.stop();
});

test("a browser is asked for permission when somebody wants to be told, and not where it was refused", async () => {
  const { overview, FakeNotification } = made({ permission: "default" });
  overview.render(WORKING, 0);
  equal([overview.notify.hidden, overview.notify.getAttribute("aria-pressed")], [false, "false"]);
  overview.notify.click();
  await settled();
  equal([FakeNotification.permission, overview.notify.getAttribute("aria-pressed")], ["granted", "true"]);
  FakeNotification.permission = "denied";
  overview.render(WORKING, 1);
  equal(overview.notify.hidden, true);
  overview.stop();
});

test("what failed is counted while the rest goes on", () => {
  const { overview } = made();
  overview.render(holding(prediction(1, "failed"), prediction(2), prediction(3)), 0);
  equal(overview.text.textContent, "1 of 3 · 1 failed");
  overview.stop();
});

test("where the page itself may show no notice, nothing breaks", async () => {
  const { overview, told } = made({ constructs: false });
  await overview.notifier.want(true);
  overview.render(WORKING, 0);
  turnTo(true);
  overview.render(ENDED, 0);
  await settled();
  equal(told, []);
  overview.stop();
});
