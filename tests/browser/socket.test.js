// @ts-check
import { ProgressSocket } from "../../frontend/static/frontend/js/socket.js";
import { FakeSocket, fakes, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** @type {ProgressSocket|null} */
let before = null;

/** A started socket that hears of nothing left over from an earlier test. */
function started({ tokens = async () => "token" } = {}) {
  before?.stop();
  const { clock } = fakes();
  const heard = {
    /** @type {any[]} */ messages: [],
    /** @type {string[]} */ statuses: [],
    failures: 0,
    forgotten: 0,
  };
  const signIn = /** @type {any} */ ({
    accessToken: tokens,
    tokenLasting: tokens,
    forget: () => (heard.forgotten += 1),
  });
  const socket = new ProgressSocket({
    signIn,
    position: () => ({ epoch: "e1", after: 7 }),
    onMessage: (message) => heard.messages.push(message),
    onStatus: (status) => heard.statuses.push(status),
    onFailure: () => (heard.failures += 1),
  });
  before = socket;
  socket.start();
  return { clock, socket, heard };
}

/** A token that comes when the test lets it. */
function slowTokens() {
  /** @type {((token: string) => void)[]} */
  const waiting = [];
  return { waiting, tokens: () => new Promise((resolve) => waiting.push(resolve)) };
}

const wakeUp = () => {
  window.dispatchEvent(new Event("online"));
  window.dispatchEvent(new Event("online"));
};

test("it says hello with its token and where it left off", async () => {
  const { heard } = started();
  await settled();
  FakeSocket.all[0].accept();
  equal(FakeSocket.all[0].sent, [{ type: "hello", token: "token", epoch: "e1", after: 7, models: true }]);
  equal(heard.statuses, ["connecting", "live"]);
});

test("a wake-up that is told in several ways makes one socket", async () => {
  const { waiting, tokens } = slowTokens();
  started({ tokens: /** @type {any} */ (tokens) });
  wakeUp();
  waiting.forEach((give) => give("token"));
  await settled();
  equal(FakeSocket.all.length, 1);
});

test("a wake-up leaves one socket where one was open", async () => {
  started();
  await settled();
  FakeSocket.all[0].accept();
  wakeUp();
  await settled();
  equal(FakeSocket.living.length, 1);
});

test("what an earlier socket still says is not heard, and its end closes no other", async () => {
  const { heard } = started();
  await settled();
  const [first] = FakeSocket.all;
  first.accept();
  const { onmessage, onclose } = first;
  wakeUp();
  await settled();
  FakeSocket.living[0].accept();
  heard.messages = [];
  onmessage?.({ data: JSON.stringify({ type: "event", seq: 8 }) });
  onclose?.({ code: 1006 });
  await settled();
  equal([heard.messages, heard.failures, FakeSocket.living.length], [[], 0, 1]);
});

test("a stopped socket opens none when its token comes late", async () => {
  const { waiting, tokens } = slowTokens();
  const { socket } = started({ tokens: /** @type {any} */ (tokens) });
  socket.stop();
  waiting.forEach((give) => give("token"));
  await settled();
  equal(FakeSocket.all.length, 0);
});

test("a stopped socket is deaf, closes, and never comes back", async () => {
  const { socket, heard, clock } = started();
  await settled();
  const [first] = FakeSocket.all;
  first.accept();
  const { onmessage, onclose } = first;
  socket.stop();
  heard.messages = [];
  onmessage?.({ data: JSON.stringify({ type: "event", seq: 8 }) });
  onclose?.({ code: 1012 });
  wakeUp();
  await clock.pass(60_000);
  equal([heard.messages, FakeSocket.all.length, FakeSocket.living.length], [[], 1, 0]);
  equal(clock.waiting, 0);
});

test("a lost connection is made again after a while", async () => {
  const { clock, heard } = started();
  await settled();
  FakeSocket.all[0].accept();
  FakeSocket.all[0].end(1006);
  equal([heard.failures, FakeSocket.living.length], [1, 0]);
  await clock.pass(1_000);
  equal(FakeSocket.living.length, 1);
});

test("a connection that doesn't get ready is given up for another", async () => {
  const { clock, heard } = started();
  await settled();
  await clock.pass(12_000);
  equal([heard.failures, FakeSocket.all.length, FakeSocket.living.length], [1, 2, 1]);
});

test("a refused token is not offered again", async () => {
  /** @type {(string|undefined)[]} */
  const refused = [];
  const tokens = async (/** @type {string|undefined} */ each) => String(refused.push(each));
  const { clock } = started({ tokens: /** @type {any} */ (tokens) });
  await settled();
  FakeSocket.all[0].end(4401);
  await clock.pass(1_000);
  equal(refused, [null, "1"]);
});

test("a sign-in that the server has ended is forgotten, and no connection follows", async () => {
  const { clock, heard } = started();
  await settled();
  FakeSocket.all[0].accept();
  FakeSocket.all[0].end(4403);
  await clock.pass(60_000);
  equal([heard.forgotten, FakeSocket.all.length], [1, 1]);
});

test("a token that is renewed late goes to the socket that asked, or nowhere", async () => {
  const { waiting, tokens } = slowTokens();
  started({ tokens: /** @type {any} */ (tokens) });
  waiting[0]("first");
  await settled();
  const [asking] = FakeSocket.all;
  asking.accept();
  asking.tell({ type: "auth.expiring" });
  wakeUp();
  waiting.slice(1).forEach((give) => give("second"));
  await settled();
  const living = FakeSocket.living[0];
  living.accept();
  equal([asking.sent.length, living.sent.map(({ type }) => type)], [1, ["hello"]]);
});
