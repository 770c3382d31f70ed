// A button with data-copy takes its text, or the code of its figure, to the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const figure = button.closest("figure");
  const text = button.dataset.copy || figure?.querySelector("code")?.textContent || "";
  if (!(await copied(text.trim()))) return;
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  button.dataset.done = "";
  announce(button.dataset.copied);
  setTimeout(() => {
    label.textContent = before;
    delete button.dataset.done;
  }, 1600);
});

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

// Plain http on a phone in the same network has no clipboard; a selection still works there.
function copiedByHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "for-screen-reader";
  (document.querySelector("dialog[open]") || document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function announce(text) {
  document.querySelector("[data-announcer]").textContent = text;
}
