// @ts-check
import { Awake } from "../../frontend/static/frontend/js/awake.js";
import { settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** A browser's wake lock; `held` of it are not released. */
function fakeWakeLock() {
  /** @type {{released: boolean, release: () => Promise<void>}[]} */
  const locks = [];
  const request = async () => {
    const lock = {
      released: false,
      release: async () => void (lock.released = true),
    };
    locks.push(lock);
    return lock;
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request }, configurable: true });
  return { locks, held: () => locks.filter(({ released }) => !released).length };
}

const shown = () => document.dispatchEvent(new Event("visibilitychange"));

test("the screen is kept on as long as it is wanted, by one lock", async () => {
  const { held, locks } = fakeWakeLock();
  const awake = new Awake();
  awake.start();
  awake.want(true);
  awake.want(true);
  await settled();
  equal([held(), locks.length], [1, 1]);
  awake.want(false);
  await settled();
  equal(held(), 0);
  awake.stop();
});

test("a lock that the browser took while the page was hidden is asked for again", async () => {
  const { held, locks } = fakeWakeLock();
  const awake = new Awake();
  awake.start();
  awake.want(true);
  await settled();
  await locks[0].release();
  shown();
  await settled();
  equal([held(), locks.length], [1, 2]);
  awake.stop();
  await settled();
  equal(held(), 0);
  shown();
  await settled();
  equal(locks.length, 2);
});

test("what is not wanted any more when the browser answers is given back", async () => {
  const { held } = fakeWakeLock();
  const awake = new Awake();
  awake.start();
  awake.want(true);
  awake.want(false);
  await settled();
  equal(held(), 0);
  awake.stop();
});

test("where the browser refuses it or has none the rest goes on", async () => {
  const request = () => Promise.reject(new DOMException("low battery", "NotAllowedError"));
  Object.defineProperty(navigator, "wakeLock", { value: { request }, configurable: true });
  const awake = new Awake();
  awake.want(true);
  await settled();
  Object.defineProperty(navigator, "wakeLock", { value: undefined, configurable: true });
  awake.want(false);
  awake.want(true);
  await settled();
  awake.stop();
});
