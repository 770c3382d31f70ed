// Three buttons: as the system, light, dark. The choice is kept in this browser.
function chosen() {
  return document.documentElement.dataset.theme || "auto";
}

function show() {
  document.querySelectorAll("[data-theme-switch] button").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === chosen()));
  });
}

// Who chooses for the whole account no longer has a choice of this browser alone.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-account-form]")) return;
  try {
    localStorage.removeItem("theme");
  } catch {
    // There was none.
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch] button");
  if (!button) return;
  if (button.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  try {
    localStorage.setItem("theme", button.value);
  } catch {
    // The choice lasts as long as the page.
  }
  show();
});

show();
