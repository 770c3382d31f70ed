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
