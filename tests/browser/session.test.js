// @ts-check
import { Session } from "../../frontend/static/frontend/js/session.js";
import { KEY, SignedOut, writeStored } from "../../frontend/static/frontend/js/sign_in.js";
import { fakes, pair, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const REFRESH = "/api/token/refresh/";
const BLACKLIST = "/api/token/blacklist/";
const FRESH_MS = 20 * 60_000;

/** A page of a browser where somebody is signed in. @param {string} [sid] */
function signedIn(sid = "s1") {
  const world = fakes();
  writeStored(pair(sid), "ada");
  return { ...world, ...page() };
}

/** One more tab of the same browser. */
function page() {
  const session = new Session();
  session.start();
  const signIn = /** @type {import("../../frontend/static/frontend/js/sign_in.js").SignIn} */ (
    session.current
  );
  return { session, signIn };
}

/** As another tab's change of storage is told. */
const tellStorage = () => window.dispatchEvent(new StorageEvent("storage", { key: KEY }));

/** @param {any} storage */
const storedRefresh = (storage) => JSON.parse(storage.getItem(KEY) ?? "null")?.refresh ?? null;

/** How a promise ends. @param {Promise<string>} promise */
const outcome = (promise) =>
  promise.catch((error) => (error instanceof SignedOut ? "signed out" : `error ${error.status}`));

test("a good token is given without asking the server", async () => {
  const { signIn, server } = signedIn();
  equal(await signIn.accessToken(), pair("s1").access);
  equal(server.calls.length, 0);
});

test("a token near its end is renewed once for all who ask", async () => {
  const { signIn, server, clock, storage } = signedIn();
  clock.now += FRESH_MS;
  const asked = [signIn.accessToken(), signIn.accessToken()];
  await settled();
  equal(server.call(REFRESH).body, { refresh: pair("s1").refresh });
  await server.call(REFRESH).answer(200, pair("s1", 2));
  equal(await Promise.all(asked), [pair("s1", 2).access, pair("s1", 2).access]);
  equal(storedRefresh(storage), pair("s1", 2).refresh);
});

test("a renewal answered after signing out brings no tokens back", async () => {
  const { session, signIn, server, clock, storage } = signedIn();
  clock.now += FRESH_MS;
  const asked = outcome(signIn.accessToken());
  await settled();
  void session.signOut();
  await server.call(BLACKLIST).answer(200, {});
  await server.call(REFRESH).answer(200, pair("s1", 2));
  equal([await asked, storedRefresh(storage)], ["signed out", null]);
});

test("a renewal answered after another user signed in leaves that user's tokens", async () => {
  const { signIn, server, clock, storage } = signedIn();
  clock.now += FRESH_MS;
  const asked = outcome(signIn.accessToken());
  await settled();
  writeStored(pair("s2"), "bob");
  await server.call(REFRESH).answer(200, pair("s1", 2));
  equal([await asked, storedRefresh(storage)], ["signed out", pair("s2").refresh]);
});

test("a renewal refused after another user signed in leaves that user's tokens", async () => {
  const { signIn, server, clock, storage } = signedIn();
  clock.now += FRESH_MS;
  const asked = outcome(signIn.accessToken());
  await settled();
  writeStored(pair("s2"), "bob");
  await server.call(REFRESH).answer(401, { code: "token_not_valid" });
  equal([await asked, storedRefresh(storage)], ["signed out", pair("s2").refresh]);
});

test("a sign-in never gives another one's token, even before it hears of it", async () => {
  const { signIn } = signedIn();
  writeStored(pair("s2"), "bob");
  equal(await outcome(signIn.accessToken()), "signed out");
});

test("who is refused while another tab has renewed goes on with its pair", async () => {
  const { signIn, server, clock } = signedIn();
  const other = page();
  clock.now += FRESH_MS;
  const asked = [signIn.accessToken(), other.signIn.accessToken()];
  await settled();
  const [first, second] = server.calls;
  await first.answer(200, pair("s1", 2));
  await second.answer(401, { code: "token_not_valid" });
  equal(await Promise.all(asked), [pair("s1", 2).access, pair("s1", 2).access]);
});

test("two tabs that are given the same new pair keep it", async () => {
  const { signIn, server, clock, storage } = signedIn();
  const other = page();
  clock.now += FRESH_MS;
  const asked = [signIn.accessToken(), other.signIn.accessToken()];
  await settled();
  for (const call of [...server.calls].reverse()) await call.answer(200, pair("s1", 2));
  equal(await Promise.all(asked), [pair("s1", 2).access, pair("s1", 2).access]);
  equal(storedRefresh(storage), pair("s1", 2).refresh);
});

test("a refused renewal signs out", async () => {
  const { session, signIn, server, clock, storage } = signedIn();
  clock.now += FRESH_MS;
  const asked = outcome(signIn.accessToken());
  await settled();
  await server.call(REFRESH).answer(401, { code: "token_not_valid" });
  equal([await asked, session.current, storedRefresh(storage)], ["signed out", null, null]);
});

test("a renewal that the server can't do now is an error and keeps the tokens", async () => {
  const { session, signIn, server, clock } = signedIn();
  clock.now += FRESH_MS;
  const asked = outcome(signIn.accessToken());
  await settled();
  await server.call(REFRESH).answer(503, {});
  equal([await asked, session.current === signIn], ["error 503", true]);
});

test("a change in another tab is told once, and the earlier sign-in ends", () => {
  const { session, signIn } = signedIn();
  let changes = 0;
  session.addEventListener("change", () => (changes += 1));
  writeStored(pair("s1", 2), "ada");
  tellStorage();
  equal([changes, session.current === signIn], [0, true]);
  writeStored(pair("s2"), "ada");
  tellStorage();
  tellStorage();
  equal([changes, session.current?.sid, signIn.signal.aborted], [1, "s2", true]);
});

test("a stopped session hears of no change", () => {
  const { session } = signedIn();
  session.stop();
  writeStored(pair("s2"), "bob");
  let changes = 0;
  session.addEventListener("change", () => (changes += 1));
  tellStorage();
  equal([changes, session.current], [0, null]);
});

test("storage that can't be read means that nobody is signed in", () => {
  const { storage } = fakes();
  storage.setItem(KEY, '{"access": "no token"}');
  equal(page().session.current, null);
});
