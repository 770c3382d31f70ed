// data-lines="id" numbers the lines of that textarea; data-line leads to one of them in data-editor.
function number(gutter) {
  const area = document.getElementById(gutter.dataset.lines);
  if (!area) return;
  const count = area.value.split("\n").length;
  gutter.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n");
  gutter.scrollTop = area.scrollTop;
}

function numberAll() {
  document.querySelectorAll("[data-lines]").forEach(number);
}

function gutterOf(area) {
  return document.querySelector(`[data-lines="${CSS.escape(area.id)}"]`);
}

document.addEventListener("input", (event) => event.target.id && gutterOf(event.target) && number(gutterOf(event.target)));
document.addEventListener("scroll", (event) => {
  const gutter = event.target.id && gutterOf(event.target);
  if (gutter) gutter.scrollTop = event.target.scrollTop;
}, true);

document.addEventListener("click", (event) => {
  const leader = event.target.closest("[data-line]");
  if (!leader) return;
  const area = document.getElementById(leader.dataset.editor);
  const lines = area.value.split("\n");
  const line = Math.min(Number(leader.dataset.line), lines.length);
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + lines[line - 1].length);
  area.scrollTop = (line - 3) * parseFloat(getComputedStyle(area).lineHeight);
});

// A keypad writes into its field when more than one key may come; one key is pressed at once.
document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-keys] [data-key]");
  if (!key) return;
  const pad = key.closest("[data-keys]");
  if (pad.dataset.most === "1") return;
  event.preventDefault();
  document.getElementById(pad.dataset.keys).value += key.dataset.key;
});

// data-hear plays where the link leads, one sound at a time; a second press stops it.
let playing = null;
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-hear]");
  if (!link) return;
  event.preventDefault();
  const same = playing?.link === link && !playing.sound.paused;
  playing?.sound.pause();
  if (same) return;
  playing = { link, sound: new Audio(link.href) };
  playing.sound.play().catch(() => location.assign(link.href));
});

document.addEventListener("htmx:afterSwap", numberAll);
numberAll();
