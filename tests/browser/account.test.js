// @ts-check
import { AccountApi } from "../../frontend/static/frontend/js/account_api.js";
import { ApiError } from "../../frontend/static/frontend/js/answers.js";
import { Api } from "../../frontend/static/frontend/js/api.js";
import { clientName } from "../../frontend/static/frontend/js/clients.js";
import { Session } from "../../frontend/static/frontend/js/session.js";
import { writeStored } from "../../frontend/static/frontend/js/sign_in.js";
import { Field, sayBeside } from "../../frontend/static/frontend/js/view/settings/parts.js";
import { Keys } from "../../frontend/static/frontend/js/view/settings/keys.js";
import { Webhooks } from "../../frontend/static/frontend/js/view/settings/webhooks.js";
import { SignIns } from "../../frontend/static/frontend/js/view/settings/sign_ins.js";
import { fakes, pair, settled } from "./fakes.js";
import { equal, test } from "./harness.js";

export { run } from "./harness.js";

/** Somebody who is signed in, and what asks for them. */
function signedIn() {
  const world = fakes();
  writeStored(pair("s1"), "ada");
  const session = new Session();
  session.start();
  const signIn = /** @type {import("../../frontend/static/frontend/js/sign_in.js").SignIn} */ (session.current);
  return { ...world, session, api: new AccountApi(new Api(signIn)) };
}

const field = (/** @type {string} */ id) => {
  const made = new Field(id, Object.assign(document.createElement("input"), { id }));
  document.body.append(made.element);
  return made;
};

test("the answer to a deletion is waited for though the deletion ends the sign-in", async () => {
  const { api, server, session } = signedIn();
  const asked = api.deleteEverything("enlarger-42").then(() => "deleted");
  await settled();
  session.stop();
  const call = server.call("/api/users/me/delete/");
  equal(call.body, { password: "enlarger-42" });
  await call.answer(200, {});
  equal(await asked, "deleted");
});

test("clients are named in people's words, whatever else they call themselves", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
  const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
  equal(clientName(chrome), "Chrome on Linux");
  equal(clientName(chrome.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64") + " Edg/131.0.0.0"), "Edge on Windows");
  equal(clientName(iphone), "Safari on iPhone");
  equal(clientName("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0"), "Firefox on macOS");
  equal(clientName("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131 Mobile Safari/537.36"), "Chrome on Android");
  equal(clientName("curl/8.5.0"), "curl");
  equal([clientName(""), clientName("Mozilla/5.0")], ["Unknown program", "Unknown program"]);
});

test("an error stands beside the field that it is about, and the first of them has the focus", () => {
  const [current, next] = [field("current"), field("next")];
  const fields = { current, password: next, wrong_password: current };
  const weak = { code: "weak_password", field: "password", message: "Too short." };
  const told = new ApiError(400, { code: "invalid", message: "No.", errors: [weak, { ...weak, message: "Too common." }] });
  equal(sayBeside(told, fields), true);
  equal([current.problem.textContent, next.problem.textContent], ["", "Too short. Too common."]);
  equal([document.activeElement === next.input, next.input.getAttribute("aria-invalid")], [true, "true"]);
  equal(sayBeside(new ApiError(403, { code: "wrong_password", message: "Wrong." }), fields), true);
  equal(current.problem.textContent, "Wrong.");
  equal(sayBeside(new ApiError(429, { code: "throttled", message: "Later." }), fields), false);
  equal(sayBeside(new TypeError("no network"), fields), false);
});

test("a webhook's secret is shown once, what it was told is looked at, and it is deleted when that is asked", async () => {
  const hook = {
    id: 3, url: "https://hook.invalid/", events: ["upload.finished"], enabled: true, disabled_reason: "",
    disabled_code: "", delivered_at: null,
  };
  const delivery = {
    id: 9, event: "webhook.test", status: "failed", attempts: 2, created_at: "2030-01-01T00:00:00Z",
    http_status: null, error_code: "name_not_found",
  };
  /** @type {any[]} */
  const asked = [];
  let hooks = [hook];
  const api = {
    hooks: async () => hooks,
    makeHook: async (/** @type {any} */ wanted) => (asked.push(wanted), { secret: "whsec_1" }),
    deliveries: async () => [delivery],
    replay: async (/** @type {number} */ id) => void asked.push(id),
    deleteHook: async () => void (hooks = []),
  };
  const page = new Webhooks(/** @type {any} */ (api));
  document.body.replaceChildren(page.element);
  const find = (/** @type {string} */ id) => /** @type {any} */ (page.element.querySelector(`[data-testid=${id}]`));
  page.form.url.input.value = hook.url;
  page.form.events[0].box.checked = false;
  page.form.element.dispatchEvent(new Event("submit", { cancelable: true }));
  await settled();
  equal([asked.pop().events.length, find("hook-secret").textContent], [3, "whsec_1"]);
  page.reset();
  equal(find("hook-secret").textContent, "");
  find("hook-log").open = true;
  await settled();
  await settled();
  equal(find("delivery").textContent.includes("There is no such address."), true);
  find("replay").click();
  await settled();
  equal(asked, [9]);
  find("delete-hook").click();
  equal(find("hook-row").contains(document.activeElement), true);
  find("really-remove-hook").click();
  await settled();
  equal(find("hook-row"), null);
});

test("why a webhook was disabled is said in the page's own words, or in the server's where it has none", async () => {
  const rows = ["by_user", "by_staff", "gone", "not_taken", "of_later"].map((code, id) => ({
    id, url: "https://hook.invalid/", events: ["upload.finished"], enabled: false, disabled_reason: "Said so.",
    disabled_code: code, delivered_at: null,
  }));
  const page = new Webhooks(/** @type {any} */ ({ hooks: async () => rows }));
  await page.load();
  const said = [...page.element.querySelectorAll(".rows .error")].map((each) => each.textContent);
  equal(said, [
    "Disabled.",
    "Disabled by whoever administers this server.",
    "Disabled: its receiver said that it is gone (410).",
    "Disabled: nothing was taken for a day.",
    "Disabled. Said so.",
  ]);
});

test("the sign-in of this page comes first and is the one that has no end elsewhere", async () => {
  const row = (/** @type {string} */ id, current = false) => ({
    id, current, client: "curl/8.5.0", address: "192.0.2.7", created_at: "2026-03-01T10:00:00Z",
    last_used_at: "2026-03-01T10:00:00Z",
  });
  /** @type {string[]} */
  const ended = [];
  const rows = [row("a"), row("b", true)];
  const api = {
    signIns: async () => rows.filter(({ id }) => !ended.includes(id)),
    endSignIn: async (/** @type {string} */ id) => void ended.push(id),
  };
  let left = 0;
  const subject = new SignIns(/** @type {any} */ (api), () => (left += 1));
  await subject.load();
  const buttons = subject.list.querySelectorAll("button");
  buttons[0].click();
  equal([left, ended], [1, []]);
  buttons[1].click();
  await settled();
  equal([left, ended, subject.list.children.length], [1, ["a"], 1]);
});

test("a key is revoked after a question, which the focus stays with", async () => {
  const row = (/** @type {number} */ id) => ({
    id, name: `key ${id}`, prefix: "drk_a", scopes: ["read"], created_at: "", expires_at: null, last_used_at: null,
  });
  let all = [row(3), row(2), row(1)];
  const api = {
    keys: async () => all,
    revokeKey: async (/** @type {number} */ id) => void (all = all.filter((each) => each.id !== id)),
  };
  const subject = new Keys(/** @type {any} */ (api));
  document.body.append(subject.element);
  await subject.load();
  const button = (/** @type {number} */ at) => subject.keys.list.children[at].querySelector("button");
  button(1)?.click();
  equal([subject.keys.list.children[1].textContent?.includes("key 2"), document.activeElement === button(1)], [true, true]);
  /** @type {any} */ (subject.keys.list.children[1].querySelectorAll("button")[1]).click();
  equal([all.length, document.activeElement === button(1)], [3, true]);
  button(1)?.click();
  button(1)?.click();
  await settled();
  equal([all.map(({ id }) => id), subject.keys.list.children.length], [[3, 1], 2]);
  subject.element.remove();
});

test("of many sign-ins a few are seen until all are asked for, and the keyboard goes on from there", async () => {
  const rows = Array.from({ length: 8 }, (_, id) => ({
    id: String(id), client: "", address: "192.0.2.1", current: id === 7, last_used_at: "2026-03-01T10:00:00Z",
  }));
  const subject = new SignIns(/** @type {any} */ ({ signIns: async () => rows }), () => {});
  document.body.replaceChildren(subject.element);
  await subject.load();
  equal([subject.list.children.length, subject.more.textContent], [5, "Show all 8"]);
  subject.more.focus();
  subject.more.click();
  equal([subject.list.children.length, subject.more.hidden], [8, true]);
  equal([...subject.list.children].indexOf(document.activeElement?.closest("li")), 5);
});
