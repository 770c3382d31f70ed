// Draws the charts of the overview with uPlot from the figures in their table; what the server drew
// stays where this cannot run. Colours are those of the legend, so a theme changes them too.
const SERIES = { calls: ["completed", "missed", "failed"], spend: ["spend"] };
const HEIGHT = 180;
const ZONE = "Africa/Nairobi";
const plots = [];

function figures(section) {
  return [...section.querySelectorAll("[data-point]")].map((row) => row.dataset.point.split(",").map(Number));
}

// The bars of a kind stand on those before it, so the tallest is drawn first and the others over it.
function columns(points, kind) {
  const at = points.map((point) => point[0]);
  if (kind === "spend") return [at, points.map((point) => point[4] / 100)];
  const sums = [3, 2, 1].map((last) => points.map((point) => point.slice(1, last + 1).reduce((a, b) => a + b, 0)));
  return [at, ...sums];
}

// The words are those of the bar that the server drew.
function say(figure, index) {
  const title = Number.isInteger(index) ? figure.querySelectorAll("svg title")[index] : null;
  figure.querySelector("[data-chart-said]").textContent = title ? title.textContent : "";
}

function colour(figure, kind) {
  return getComputedStyle(figure.querySelector(`.swatch[data-kind="${kind}"]`)).backgroundColor;
}

function options(figure, points, width) {
  const kind = figure.dataset.chart;
  const ink = getComputedStyle(figure.querySelector(".legend")).color;
  const line = getComputedStyle(figure.querySelector(".chart__grid")).borderTopColor;
  const grid = { stroke: line, width: 1 };
  const font = `12px ${getComputedStyle(figure).fontFamily}`;
  const bars = uPlot.paths.bars({ size: [0.7, 48], align: 1 });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), ZONE),
    scales: { x: { range: (plot, min) => [min, points.at(-1)[0] + step(points)] }, y: { range: (plot, min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: grid, values: labels(points) },
      { stroke: ink, font, grid, ticks: { show: false }, size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000, 100000] },
    ],
    series: [{}, ...[...SERIES[kind]].reverse().map((name) => ({ fill: colour(figure, name), width: 0, paths: bars, points: { show: false } }))],
    hooks: { setCursor: [(plot) => say(figure, plot.cursor.idx)] },
  };
}

function step(points) {
  return points.length > 1 ? points[1][0] - points[0][0] : 3600;
}

// The day comes before the month, as everywhere else on the page.
function locale() {
  const { lang } = document.documentElement;
  return lang && lang !== "en" ? lang : "en-GB";
}

function labels(points) {
  const format = step(points) < 86400 ? { hour: "2-digit", minute: "2-digit", hour12: false } : { day: "numeric", month: "short" };
  const words = new Intl.DateTimeFormat(locale(), { ...format, timeZone: ZONE });
  return (plot, splits) => splits.map((seconds) => words.format(new Date(seconds * 1000)));
}

function drawOne(figure, points) {
  const place = figure.querySelector(".chart__plot");
  figure.dataset.drawn = "";
  const holder = document.createElement("div");
  holder.className = "chart__canvas chart__grid";
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", place.querySelector("svg").getAttribute("aria-label"));
  place.append(holder);
  const plot = new uPlot(options(figure, points, place.clientWidth), columns(points, figure.dataset.chart), holder);
  plots.push({ plot, place, holder, figure });
}

function clear() {
  for (const { plot, holder } of plots.splice(0)) {
    plot.destroy();
    holder.remove();
  }
}

function draw() {
  clear();
  for (const section of document.querySelectorAll("[data-charts]")) {
    const points = figures(section);
    if (!points.length) continue;
    section.querySelectorAll("[data-chart]").forEach((figure) => drawOne(figure, points));
  }
}

new ResizeObserver(() => {
  for (const { plot, place } of plots) plot.setSize({ width: place.clientWidth, height: HEIGHT });
}).observe(document.getElementById("main"));
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
document.addEventListener("live:replaced", (event) => event.detail.id === "chart" && draw());
draw();
