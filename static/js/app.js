(() => {
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
})();
(() => {
// A ring that counts data-countdown seconds from data-from; at nought it says that it is no verdict.
const behind = new WeakMap();

function tick() {
  for (const element of document.querySelectorAll("[data-countdown]")) show(element);
}

function show(element) {
  if (!behind.has(element)) behind.set(element, Date.parse(element.dataset.now) - Date.now());
  const passed = (Date.now() + behind.get(element) - Date.parse(element.dataset.from)) / 1000;
  const total = Number(element.dataset.countdown);
  const left = Math.max(0, Math.ceil(total - passed));
  const ring = element.querySelector("circle + circle");
  const length = 2 * Math.PI * ring.r.baseVal.value;
  ring.setAttribute("stroke-dasharray", String(length));
  ring.setAttribute("stroke-dashoffset", String(length * (1 - left / total)));
  const text = element.querySelector("[data-countdown-text]");
  text.textContent = left ? element.dataset.words.replace("%s", left) : element.dataset.over;
}

setInterval(tick, 1000);
document.addEventListener("live:replaced", tick);
document.addEventListener("htmx:afterSwap", tick);
tick();
})();
(() => {
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
})();
(() => {
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
})();
(() => {
// Elements with data-live="topic" and an id follow the server: a change of their topic fetches
// their page (or data-live-src) once and puts the new element in place of the old one.
const POLL_MS = 2000;
const HOT_MS = 2000;
const GATHER_MS = 120;
const url = document.body.dataset.liveUrl;
const waiting = new Set();
let timer = null;
let poll = null;

function isAbout(element, topic) {
  return element.dataset.live.split(" ").some((name) => topic === name || topic.startsWith(`${name}:`));
}

function changed(topic) {
  for (const element of document.querySelectorAll("[data-live][id]")) {
    if (topic === "*" || isAbout(element, topic)) waiting.add(element.id);
  }
  if (waiting.size && timer === null) timer = setTimeout(refresh, GATHER_MS);
}

async function refresh() {
  timer = null;
  const elements = [...waiting].map((id) => document.getElementById(id)).filter(Boolean);
  waiting.clear();
  const bySource = Map.groupBy ? Map.groupBy(elements, source) : grouped(elements);
  await Promise.all([...bySource].map(([address, group]) => refreshFrom(address, group)));
}

function source(element) {
  return element.dataset.liveSrc || location.href;
}

function grouped(elements) {
  const groups = new Map();
  for (const element of elements) groups.set(source(element), [...(groups.get(source(element)) || []), element]);
  return groups;
}

async function refreshFrom(address, elements) {
  let reply;
  try {
    reply = await fetch(address, { headers: { "X-Live": "1" }, credentials: "same-origin" });
  } catch {
    return;
  }
  if (!reply.ok || reply.redirected) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const old of elements) {
    const fresh = page.getElementById(old.id);
    if (fresh) replace(old, document.importNode(fresh, true));
  }
}

function replace(old, fresh) {
  if (!old.isConnected || old.outerHTML === fresh.outerHTML) return;
  for (const open of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  window.htmx?.process(fresh);
  document.dispatchEvent(new CustomEvent("live:replaced", { detail: fresh }));
}

function startPolling() {
  poll ??= setInterval(() => document.hidden || changed("*"), POLL_MS);
}

function stopPolling() {
  clearInterval(poll);
  poll = null;
}

function listen() {
  if (!("EventSource" in window)) return startPolling();
  const stream = new EventSource(url);
  stream.addEventListener("open", () => {
    // What happened between the page and the stream, or while nobody listened, is fetched now.
    if (poll !== null || isHot()) changed("*");
    stopPolling();
  });
  stream.addEventListener("changed", (event) => changed(JSON.parse(event.data).topic));
  stream.addEventListener("error", startPolling);
}

// Something on the page is still moving (data-hot): look now and then, whatever the stream says.
function isHot() {
  return document.querySelector("[data-hot]") !== null;
}

setInterval(() => poll === null && !document.hidden && isHot() && changed("*"), HOT_MS);

if (url) listen();
else if (document.querySelector("[data-live]")) startPolling();
})();
(() => {
// <time data-local="style" data-hours="12"> is written again in the zone of this browser.
const DATE = { day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const STYLES = {
  full: { ...DATE, year: "numeric", ...CLOCK, second: "2-digit" },
  minute: { ...DATE, year: "numeric", ...CLOCK },
  date: { ...DATE, year: "numeric" },
  time: { ...CLOCK, second: "2-digit" },
  short: { ...DATE, ...CLOCK },
};

function write(element) {
  const language = document.documentElement.lang === "sw" ? "sw-KE" : "en-GB";
  const options = { ...STYLES[element.dataset.local], hour12: element.dataset.hours === "12" };
  const moment = new Date(element.dateTime);
  element.textContent = new Intl.DateTimeFormat(language, options).format(moment);
  element.title = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "long" }).format(moment);
}

function writeAll() {
  document.querySelectorAll("time[data-local]").forEach(write);
}

document.addEventListener("live:replaced", writeAll);
document.addEventListener("htmx:afterSwap", writeAll);
writeAll();
})();
(() => {
// The sheet of the bottom bar closes on Escape and on a press elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
})();
(() => {
// The picture of a recording follows its player, and a press on it goes to that place.
function parts(element) {
  const article = element.closest(".recording");
  return { player: article?.querySelector("audio"), wave: article?.querySelector(".recording__wave") };
}

function follow(event) {
  if (!(event.target instanceof HTMLAudioElement)) return;
  const { player, wave } = parts(event.target);
  const head = wave?.querySelector(".recording__head");
  if (!head || !Number.isFinite(player.duration)) return;
  const x = (wave.viewBox.baseVal.width * player.currentTime) / player.duration;
  head.setAttribute("x1", String(x));
  head.setAttribute("x2", String(x));
}

// Media events do not bubble, so they are caught on their way down.
document.addEventListener("timeupdate", follow, true);
document.addEventListener("seeked", follow, true);

document.addEventListener("click", (event) => {
  const pressed = event.target.closest(".recording__wave");
  if (!pressed) return;
  const { player } = parts(pressed);
  if (!player) return;
  const box = pressed.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  const seek = () => { player.currentTime = share * player.duration; };
  if (Number.isFinite(player.duration)) seek();
  else player.addEventListener("loadedmetadata", seek, { once: true });
  player.play().catch(() => {});
});
})();
(() => {
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
})();
(() => {
// data-tabs turns its headed panels into tabs; without a script the panels stand under each other.
// data-tabs="name" remembers the choice for every group of that name.
function select(group, index, focus) {
  const tabs = group.querySelectorAll("[role=tab]");
  const panels = group.querySelectorAll("[data-panel]");
  tabs.forEach((tab, at) => {
    tab.setAttribute("aria-selected", String(at === index));
    tab.tabIndex = at === index ? 0 : -1;
    panels[at].hidden = at !== index;
  });
  if (focus) tabs[index].focus();
}

function build(group) {
  if (group.querySelector("[role=tablist]")) return;
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  group.querySelectorAll("[data-panel]").forEach((panel) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.textContent = panel.dataset.panel;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-label", panel.dataset.panel);
    panel.querySelector("[data-panel-title]")?.setAttribute("hidden", "");
    list.append(tab);
  });
  group.prepend(list);
  const remembered = recall(group);
  const names = [...list.children].map((tab) => tab.textContent);
  select(group, Math.max(0, names.indexOf(remembered)), false);
}

function recall(group) {
  try {
    return localStorage.getItem(`tab:${group.dataset.tabs}`);
  } catch {
    return null;
  }
}

function remember(group, name) {
  try {
    if (group.dataset.tabs) localStorage.setItem(`tab:${group.dataset.tabs}`, name);
  } catch {
    // The choice lasts as long as the page.
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tabs] [role=tab]");
  if (!tab) return;
  const group = tab.closest("[data-tabs]");
  select(group, [...tab.parentElement.children].indexOf(tab), false);
  remember(group, tab.textContent);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[data-tabs] [role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.children];
  select(tab.closest("[data-tabs]"), (tabs.indexOf(tab) + step + tabs.length) % tabs.length, true);
});

function buildAll() {
  document.querySelectorAll("[data-tabs]").forEach(build);
}

// Of a bar of links that is wider than the screen, the open one is seen.
document.querySelectorAll(".tabs > [aria-current]").forEach((link) => {
  const bar = link.parentElement;
  bar.scrollLeft = link.offsetLeft - bar.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
});

document.addEventListener("live:replaced", buildAll);
document.addEventListener("htmx:afterSwap", buildAll);
buildAll();
})();
(() => {
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
})();
(() => {
// data-since (ISO time) ticks as m:ss; with data-rate (minor a minute) it ticks as money.
// data-now is the server's time when the element was written, so a wrong clock here is harmless.
const behind = new WeakMap();

function secondsOf(element) {
  if (!behind.has(element)) behind.set(element, Date.parse(element.dataset.now) - Date.now());
  const now = Date.now() + behind.get(element);
  return Math.max(0, Math.ceil((now - Date.parse(element.dataset.since)) / 1000));
}

function clock(seconds) {
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

function money(minor, currency) {
  const major = Math.floor(minor / 100).toLocaleString("en-KE");
  return `${currency}\u00a0${major}.${String(minor % 100).padStart(2, "0")}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = secondsOf(element);
    const { rate, currency, unit } = element.dataset;
    if (rate) element.textContent = money(Math.ceil((seconds * Number(rate)) / 60), currency);
    else element.textContent = unit === "seconds" ? String(seconds) : clock(seconds);
  }
}

setInterval(tick, 500);
document.addEventListener("live:replaced", tick);
tick();
})();
(() => {
// A fragment with data-title renames the tab, so that a paid top-up shows from another window.
function rename() {
  const element = document.querySelector("[data-title]");
  if (element) document.title = element.dataset.title;
}

document.addEventListener("live:replaced", rename);
document.addEventListener("htmx:afterSwap", rename);
rename();
})();
(() => {
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
})();