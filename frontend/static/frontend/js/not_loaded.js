// @ts-check
// A classic script in the head: it is there where a module that the page needs is not.
(() => {
  const PATIENCE_MS = 10_000;
  const RELOADED_AT = "darkroom.reloaded_at";
  const RELOAD_AFTER_MS = 500;
  /** What is missing again that soon after a reload is not what a change of the network has lost. */
  const RELOADED_LATELY_MS = 30_000;

  const languages = [...navigator.languages, "en"].map((tag) => tag.toLowerCase().split("-")[0]);

  /** Says that the page isn't there; its style hides that as soon as it is. */
  const say = () => {
    const said = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".not-loaded")]);
    if (said.some((each) => !each.hidden)) return;
    const spoken = languages.find((language) => said.some(({ lang }) => lang === language));
    for (const each of said) each.hidden = each.lang !== spoken;
  };

  let isReloading = false;

  /** Loads the page once more where nothing is on it yet: a network that changes, as from Wi-Fi to
   * mobile, loses what is on its way. Whether it does. */
  const loadAgain = () => {
    if (isReloading) return true;
    if (document.getElementById("main")?.firstElementChild) return false;
    try {
      if (Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) < RELOADED_LATELY_MS) return false;
      sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    } catch {
      return false;
    }
    isReloading = true;
    setTimeout(() => location.reload(), RELOAD_AFTER_MS);
    return true;
  };

  // What fails may do so before the body is there.
  const failed = () => setTimeout(say);
  const onError = (/** @type {Event} */ { target }) => {
    if (target instanceof HTMLScriptElement) setTimeout(() => loadAgain() || say());
    else if (target === window) failed();
  };
  window.addEventListener("error", onError, true);
  window.addEventListener("unhandledrejection", failed);
  setTimeout(say, PATIENCE_MS);
})();
