// Runs before first paint: applies the stored theme and says that scripts are on.
(function () {
  const root = document.documentElement;
  root.classList.add("has-script");
  try {
    const stored = localStorage.getItem("theme");
    if (stored === "light" || stored === "dark") root.dataset.theme = stored;
    // The choice of this browser stands before the one of the account.
    else if (stored === "auto") delete root.dataset.theme;
  } catch {
    // Storage may be forbidden; the system's theme stays.
  }
})();
