// data-open="id" opens that dialog; data-close closes the one it sits in; so does the veil.
// The dialog #sheet shows whatever htmx put into #sheet-body.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.open).showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    dialog.close();
  }
});

// The press must begin on the veil too, or marking text inside and letting go outside would close.
document.addEventListener("pointerdown", (event) => {
  if (event.target.matches("dialog[open]") && isOutside(event)) event.target.close();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "sheet-body") return;
  const sheet = document.getElementById("sheet");
  if (!sheet.open) sheet.showModal();
});

// What a sheet shows is of this moment; the next opening asks again.
document.getElementById("sheet")?.addEventListener("close", () => {
  document.getElementById("sheet-body").replaceChildren();
});

document.querySelectorAll("dialog[data-open-now]").forEach((dialog) => dialog.showModal());
