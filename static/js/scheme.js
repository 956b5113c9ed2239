// Runs before the first paint: the light or dark that a reader without an account chose in this browser.
(() => {
  const root = document.documentElement;
  if (root.dataset.scheme) return;
  try {
    const kept = localStorage.getItem("scheme");
    if (kept === "light" || kept === "dark") root.dataset.scheme = kept;
  } catch { /* storage may be closed to us; the system's choice stands */ }
})();
