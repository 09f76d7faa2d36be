// @ts-check
/**
 * Programs that do what was just done on the page: they send a photo to the same model with the same
 * parameters and print what comes back. The key comes from the environment, and never stands in them.
 *
 * @typedef {{origin: string, model: string, version: string, params: object}} Asked
 * @typedef {{id: string, name: string, text: string}} Snippet
 */

/** A JSON string is a literal of Python and of JavaScript alike. @param {unknown} value */
const literal = (value) => JSON.stringify(value);

/** @param {string} text of a POSIX shell */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The form's fields beside the photo. @param {Asked} asked @returns {[string, string][]} */
const fieldsOf = ({ model, version, params }) => [
  ["model", model],
  ["model_version", version],
  ...(Object.keys(params).length ? /** @type {[string, string][]} */ ([["params", JSON.stringify(params)]]) : []),
];

/** @param {Asked} asked @returns {Snippet[]} */
export const snippets = (asked) => [
  { id: "curl", name: "curl", text: curl(asked) },
  { id: "python", name: "Python", text: python(asked) },
  { id: "javascript", name: "JavaScript", text: javascript(asked) },
];

/** @param {Asked} asked */
const curl = (asked) =>
  [
    `curl ${quoted(`${asked.origin}/api/uploads/?wait=30`)}`,
    '  -H "Authorization: Api-Key $DARKROOM_API_KEY"',
    "  -F images=@photo.jpg",
    ...fieldsOf(asked).map(([name, value]) => `  --form-string ${quoted(`${name}=${value}`)}`),
  ].join(" \\\n");

/** @param {Asked} asked */
const python = (asked) => `import os

import httpx

with open("photo.jpg", "rb") as photo:
    answer = httpx.post(
        ${literal(`${asked.origin}/api/uploads/`)},
        params={"wait": 30},
        headers={"Authorization": "Api-Key " + os.environ["DARKROOM_API_KEY"]},
        files={"images": photo},
        data={
${fieldsOf(asked).map(([name, value]) => `            ${literal(name)}: ${literal(value)},`).join("\n")}
        },
        timeout=60,
    )
answer.raise_for_status()
for image in answer.json()["images"]:
    print(image["name"], image["prediction"]["state"], image["prediction"]["output"])
`;

/** @param {Asked} asked */
const javascript = (asked) => `import { readFile } from "node:fs/promises";

const form = new FormData();
form.append("images", new Blob([await readFile("photo.jpg")]), "photo.jpg");
${fieldsOf(asked).map(([name, value]) => `form.append(${literal(name)}, ${literal(value)});`).join("\n")}

const answer = await fetch(${literal(`${asked.origin}/api/uploads/?wait=30`)}, {
  method: "POST",
  headers: { Authorization: \`Api-Key \${process.env.DARKROOM_API_KEY}\` },
  body: form,
});
if (!answer.ok) throw new Error(await answer.text());
for (const { name, prediction } of (await answer.json()).images) {
  console.log(name, prediction.state, prediction.output);
}
`;
