// The header HX-Trigger: {"toast": "…"} of any answer shows a line for a while.
document.addEventListener("toast", (event) => {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = event.detail.value;
  document.querySelector("[data-toasts]").append(toast);
  setTimeout(() => toast.remove(), 6000);
});
