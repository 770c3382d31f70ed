// Ctrl-K, ⌘K or a [data-palette] button opens the command palette, which is loaded then; "/" goes to
// the search field, unless one is typing already.
async function openPalette() {
  const opener = document.querySelector("[data-palette]");
  if (!opener) return;
  try {
    const palette = await import(opener.dataset.palette);
    await palette.open(opener.dataset.paletteLines);
  } catch {
    // Offline or signed out: the search of calls says the rest.
    document.querySelector("[data-search]")?.focus();
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    if (!document.querySelector("[data-palette]")) return;
    event.preventDefault();
    openPalette();
    return;
  }
  const field = document.querySelector("[data-search]");
  if (event.key !== "/" || !field || event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
});
