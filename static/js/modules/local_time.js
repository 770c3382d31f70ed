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
