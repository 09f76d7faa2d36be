// @ts-check
// A classic script in the head, so that the chosen theme is there before the first paint.
(() => {
  try {
    const theme = localStorage.getItem("darkroom.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme it is.
  }
})();
