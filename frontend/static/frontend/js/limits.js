// @ts-check
/** What a server takes. */

/** What a server allows unless its metadata says otherwise; sizes in bytes. */
const LIMITS = {
  max_images_per_upload: 100,
  max_image_bytes: 25_000_000,
  max_upload_bytes: 512_000_000,
  max_image_pixels: 64_000_000,
  formats: [
    { name: "JPEG", content_type: "image/jpeg", suffixes: [".jpg", ".jpeg"] },
    { name: "PNG", content_type: "image/png", suffixes: [".png"] },
  ],
};

/** @param {Partial<import("./api.js").Metadata>} server its metadata, if it was told @returns {import("./batches.js").Limits} */
export const limitsOf = (server) => ({ ...LIMITS, ...server.limits });
