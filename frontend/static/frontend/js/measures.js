// @ts-check
/** Sizes, times, days and shares as the page's language writes them. */

import { locale, t } from "./language.js";

/** Numbers of a unit, such as `second`. @param {string} unit @param {number} [digits] after the point */
export const measured = (unit, digits = 0) =>
  new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits });

/** @param {number} size in bytes */
export function bytes(size) {
  if (size < 1_000) {
    return new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" }).format(size);
  }
  if (size < 1_000_000) return measured("kilobyte").format(size / 1_000);
  if (size < 1_000_000_000) return measured("megabyte", size < 10_000_000 ? 1 : 0).format(size / 1_000_000);
  return measured("gigabyte", 1).format(size / 1_000_000_000);
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1_000) return measured("millisecond").format(ms);
  if (ms < 60_000) return measured("second", ms < 10_000 ? 1 : 0).format(ms / 1_000);
  return measured("minute").format(ms / 60_000);
}

/** By digits after the point: to make one takes longer than the rest of a tile's words.
 * @type {Map<number, Intl.NumberFormat>} */
const shares = new Map();

/** @param {number} share from 0 to 1, or more @param {number} [digits] after the point */
export function percent(share, digits = 0) {
  const known = shares.get(digits);
  const format = known ?? new Intl.NumberFormat(locale, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  if (!known) shares.set(digits, format);
  return format.format(share);
}

const DAY_MS = 86_400_000;
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** How many days ago this was, if it was today or yesterday. @param {Date} date */
function daysAgo(date) {
  const isOn = (/** @type {number} */ ms) => date.toDateString() === new Date(ms).toDateString();
  return [0, 1].find((days) => isOn(Date.now() - days * DAY_MS));
}

/** @param {number} days */
function ago(days) {
  const words = relative.format(-days, "day");
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
}

/** @param {string} iso */
export function when(iso) {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(locale, { timeStyle: "short" });
  const days = daysAgo(date);
  const day = days === 0 ? ago(0) : date.toLocaleDateString(locale, { day: "numeric", month: "long" });
  return t("time.on_day", { day, time });
}

/** The day of a moment, as people call it. @param {string} iso */
export function day(iso) {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days !== undefined) return ago(days);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  const year = isThisYear ? undefined : "numeric";
  return date.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", year });
}
