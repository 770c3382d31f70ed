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
