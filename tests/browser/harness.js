// @ts-check
/** The least that a test file needs: named tests, an assertion, and a run that reports each. */

/** @type {Map<string, () => void|Promise<void>>} */
const tests = new Map();

/** @param {string} name a sentence @param {() => void|Promise<void>} body */
export function test(name, body) {
  if (tests.has(name)) throw new Error(`Two tests say: ${name}`);
  tests.set(name, body);
}

/** @param {unknown} actual @param {unknown} expected compared as JSON */
export function equal(actual, expected) {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`got ${got}, wanted ${wanted}`);
}

/** Runs the tests one after the other.
 * @returns {Promise<Record<string, string|null>>} for each test its failure, or null */
export async function run() {
  /** @type {Record<string, string|null>} */
  const failures = {};
  for (const [name, body] of tests) failures[name] = await failure(body);
  return failures;
}

/** @param {() => void|Promise<void>} body */
async function failure(body) {
  try {
    await body();
    return null;
  } catch (error) {
    // In Firefox the stack alone does not say what it was.
    return `${error}\n${error.stack ?? ""}`;
  }
}
