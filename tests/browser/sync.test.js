// @ts-check
import { Api } from "../../frontend/static/frontend/js/api.js";
import { Session } from "../../frontend/static/frontend/js/session.js";
import { writeStored } from "../../frontend/static/frontend/js/sign_in.js";
import { Sync } from "../../frontend/static/frontend/js/sync.js";
import { FakeSocket, fakes, pair, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

const LIST = "/api/images/?page_size=100";
const image = { id: 41, upload: 13, created_at: "2026-01-01T00:00:00Z", thumbnail: null, runs: [], runs_count: 0 };
const page = { next: null, results: [image] };

/** @type {Sync|null} */
let before = null;

/** A started sync whose socket has been opened, but is not ready. */
async function started() {
  before?.stop();
  const world = fakes();
  writeStored(pair("s1"), "ada");
  const session = new Session();
  session.start();
  const told = { models: 0 };
  const sync = new Sync(new Api(/** @type {any} */ (session.current)), () => {}, () => (told.models += 1));
  before = sync;
  sync.start();
  await settled();
  return { ...world, session, sync, told, socket: FakeSocket.all[0] };
}

test("the newest page is read once the socket is ready", async () => {
  const { sync, server, socket } = await started();
  equal(server.calls.length, 0);
  socket.accept();
  await settled();
  await server.call(LIST).answer(200, page);
  equal([sync.state.uploads.has(13), sync.state.loaded], [true, true]);
});

test("without a socket the page is read all the same", async () => {
  const { sync, server, clock } = await started();
  await clock.pass(2_000);
  await server.call(LIST).answer(200, page);
  equal(sync.state.loaded, true);
});

test("that the server has other models is passed on, and changes nothing else", async () => {
  const { sync, told, server, socket } = await started();
  socket.accept();
  await settled();
  await server.call(LIST).answer(200, page);
  const { state } = sync;
  socket.tell({ type: "models.changed" });
  await settled();
  equal([told.models, sync.state === state, server.calls.length], [1, true, 0]);
});

test("stopping gives up what is being read", async () => {
  const { sync, server, socket, clock } = await started();
  socket.accept();
  await settled();
  const reading = server.call(LIST);
  sync.stop();
  await clock.pass(60_000);
  equal([server.calls.length, clock.waiting], [0, 0]);
  await reading.answer(200, page);
  equal([sync.state.loaded, sync.state.uploads.size], [false, 0]);
});

test("events that were asked for before stopping start nothing afterwards", async () => {
  const { sync, server, socket, clock } = await started();
  socket.accept();
  await settled();
  await server.call(LIST).answer(200, page);
  socket.end(1006);
  await clock.pass(1_000);
  FakeSocket.living[0].end(1006);
  await settled();
  const events = server.call("/api/events/?after=0");
  sync.stop();
  await events.answer(200, { epoch: "e2", seq: 5, results: [] });
  await clock.pass(60_000);
  equal([server.calls.length, FakeSocket.living.length, clock.waiting], [0, 0, 0]);
  equal(sync.state.epoch, "e1");
});

test("the end of a sign-in gives up its requests", async () => {
  const { session, server, socket } = await started();
  socket.accept();
  await settled();
  equal(server.calls.map(({ path }) => path), [LIST]);
  void session.signOut();
  await settled();
  equal(server.calls.map(({ path }) => path), ["/api/token/blacklist/"]);
});

test("a read that fails for now is tried again until the sync is stopped", async () => {
  const { sync, server, socket, clock } = await started();
  socket.accept();
  await settled();
  await server.call(LIST).answer(503, {});
  await clock.pass(1_000);
  await server.call(LIST).answer(503, {});
  sync.stop();
  equal(clock.waiting, 0);
  await clock.pass(60_000);
  equal(server.calls.length, 0);
});

test("another query is read from its own first page, and older ones of it follow", async () => {
  const { sync, server, socket } = await started();
  socket.accept();
  await settled();
  const next = `http://elsewhere${LIST}&cursor=13.41`;
  await server.call(LIST).answer(200, { next, results: [image] });
  void sync.show("state=failed");
  await settled();
  equal(sync.older, null);
  const failed = `${LIST}&state=failed`;
  await server.call(failed).answer(200, { next: `http://elsewhere${failed}&cursor=3.1`, results: [] });
  void sync.loadOlder();
  await settled();
  await server.call(`${failed}&cursor=3.1`).answer(200, { next: null, results: [{ ...image, id: 1, upload: 3 }] });
  equal([[...sync.state.images.keys()], sync.older], [[41, 1], null]);
});

test("an older page that is given up for another query is no error", async () => {
  const { sync, server, socket } = await started();
  socket.accept();
  await settled();
  await server.call(LIST).answer(200, { next: `http://elsewhere${LIST}&cursor=13.41`, results: [image] });
  const older = sync.loadOlder().then(() => "given up", String);
  await settled();
  void sync.show("q=page");
  equal(await older, "given up");
});
