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
