// @ts-check
/** What a client calls itself, in people's words. */

import { t } from "./language.js";

/** The first that fits: most browsers name others as well. @type {[string, RegExp][]} */
const BROWSERS = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(Chrome|CriOS|HeadlessChrome)\//],
  ["Safari", /\bSafari\//],
];
/** @type {[string, RegExp][]} */
const SYSTEMS = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMacintosh\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
];

/** @param {[string, RegExp][]} known @param {string} agent */
const named = (known, agent) => known.find(([, pattern]) => pattern.test(agent))?.[0];

/** @param {string} agent the header `User-Agent`; empty where there was none */
export function clientName(agent) {
  const program = agent.split(/[/ ]/)[0];
  if (program !== "Mozilla") return program || t("client.unknown");
  const [browser, system] = [named(BROWSERS, agent), named(SYSTEMS, agent)];
  if (browser && system) return t("client.on", { browser, system });
  return browser ?? system ?? t("client.unknown");
}
