// "/" and Ctrl-K or ⌘K go to the search field, unless one is typing already.
document.addEventListener("keydown", (event) => {
  const isCommand = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k";
  const isSlash = event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.querySelector("[data-search]");
  if (!field || !(isCommand || isSlash)) return;
  event.preventDefault();
  field.focus();
  field.select();
});
