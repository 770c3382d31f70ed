// A fragment with data-title renames the tab, so that a paid top-up shows from another window.
function rename() {
  const element = document.querySelector("[data-title]");
  if (element) document.title = element.dataset.title;
}

document.addEventListener("live:replaced", rename);
document.addEventListener("htmx:afterSwap", rename);
rename();
