// The header HX-Trigger: {"toast": "…"} of any answer shows a line for a while; so does an element
// with data-toast that the server put in place of another.
document.addEventListener("toast", (event) => show(event.detail.value));
document.addEventListener("live:replaced", (event) => event.detail.dataset.toast && show(event.detail.dataset.toast));

function show(text) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  document.querySelector("[data-toasts]").append(toast);
  setTimeout(() => toast.remove(), 6000);
}
