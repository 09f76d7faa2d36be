// @ts-check
/** The least that a test file needs: named tests, an assertion, and a run that reports each. */

/** @type {Map<string, () => void>} */
const tests = new Map();

/** @param {string} name a sentence @param {() => void} body */
export function test(name, body) {
  if (tests.has(name)) throw new Error(`Two tests say: ${name}`);
  tests.set(name, body);
}

/** @param {unknown} actual @param {unknown} expected compared as JSON */
export function equal(actual, expected) {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`got ${got}, wanted ${wanted}`);
}

/** @returns {Record<string, string|null>} for each test its failure, or null */
export function run() {
  return Object.fromEntries([...tests].map(([name, body]) => [name, failure(body)]));
}

/** @param {() => void} body */
function failure(body) {
  try {
    body();
    return null;
  } catch (error) {
    return String(error.stack ?? error);
  }
}
