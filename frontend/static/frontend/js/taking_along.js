// @ts-check
/**
 * Photos and results of a selection as one file. The browser fetches it by itself, however large it
 * is: its address is good once, and a cookie for it alone says who asks.
 *
 * @typedef {Pick<import("server").NewExportRequest, "format"|"include">} Form
 */

/** @param {import("./api.js").Api} api @param {number[]} images @param {Form} form
 * @returns {Promise<{begun: number, missing: number}>} how many photos are in it, and how many are
 * not there any more */
export async function takeAlong(api, images, form) {
  const { url, images: begun, missing } = await api.post("/api/exports/", { ...form, images });
  const link = document.createElement("a");
  link.href = url;
  // It leaves the page where it is, whatever comes.
  link.download = "";
  link.click();
  return { begun, missing: missing.length };
}
