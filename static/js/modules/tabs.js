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
