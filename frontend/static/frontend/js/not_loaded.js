// @ts-check
// A classic script in the head: it is there where a module that the page needs is not.
(() => {
  const PATIENCE_MS = 10_000;

  const languages = [...navigator.languages, "en"].map((tag) => tag.toLowerCase().split("-")[0]);

  /** Says that the page isn't there; its style hides that as soon as it is. */
  const say = () => {
    const said = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".not-loaded")]);
    if (said.some((each) => !each.hidden)) return;
    const spoken = languages.find((language) => said.some(({ lang }) => lang === language));
    for (const each of said) each.hidden = each.lang !== spoken;
  };

  // What fails may do so before the body is there.
  const failed = () => setTimeout(say);
  const onError = (/** @type {Event} */ { target }) => {
    if (target === window || target instanceof HTMLScriptElement) failed();
  };
  window.addEventListener("error", onError, true);
  window.addEventListener("unhandledrejection", failed);
  setTimeout(say, PATIENCE_MS);
})();
