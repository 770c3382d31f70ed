// The command palette, fetched when it is first wanted. The focus stays in the field; the arrows move
// the chosen line, which the field names by aria-activedescendant.
const WAIT_MS = 120;
let dialog = null;
let timer = null;
let asked = 0;

const field = () => dialog.querySelector("[role=combobox]");
const list = () => dialog.querySelector("[role=listbox]");
const lines = () => [...dialog.querySelectorAll("[role=option]")];
const chosen = () => dialog.querySelector("[aria-selected=true]");

export async function open(address) {
  if (!dialog) await build(address);
  if (dialog.open) return;
  dialog.showModal();
  field().value = "";
  field().focus();
  await look("");
}

async function build(address) {
  dialog = document.createElement("dialog");
  dialog.className = "dialog palette";
  dialog.dataset.address = address;
  dialog.innerHTML = await fetched(address);
  dialog.setAttribute("aria-label", dialog.querySelector("label").textContent);
  document.body.append(dialog);
  field().addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(field().value), WAIT_MS);
  });
  field().addEventListener("keydown", pressed);
  dialog.querySelector("form").addEventListener("submit", (event) => go(chosen()) && event.preventDefault());
  list().addEventListener("click", (event) => go(event.target.closest("[role=option]")));
  list().addEventListener("pointermove", (event) => choose(event.target.closest("[role=option]")));
}

async function fetched(address) {
  const reply = await fetch(address, { credentials: "same-origin" });
  if (!reply.ok || reply.redirected) throw new Error(`palette: ${reply.status}`);
  return reply.text();
}

async function look(words) {
  const turn = ++asked;
  let text;
  try {
    text = await fetched(`${dialog.dataset.address}?q=${encodeURIComponent(words)}`);
  } catch {
    return;
  }
  // An answer that a later one has overtaken is of no use.
  if (turn !== asked) return;
  list().innerHTML = text;
  list().scrollTop = 0;
  const found = lines();
  const said = dialog.querySelector("[data-palette-said]");
  said.textContent = found.length ? said.dataset.some.replace("%s", found.length) : said.dataset.none;
  choose(found[0]);
}

function choose(line) {
  if (!line && lines().length) return;
  chosen()?.setAttribute("aria-selected", "false");
  if (!line) {
    field().removeAttribute("aria-activedescendant");
    return;
  }
  line.setAttribute("aria-selected", "true");
  field().setAttribute("aria-activedescendant", line.id);
}

function pressed(event) {
  const found = lines();
  const at = found.indexOf(chosen());
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 5, PageUp: at - 5 }[event.key];
  if (next === undefined || !found.length) return;
  event.preventDefault();
  const isStep = event.key.startsWith("Arrow");
  const place = isStep ? (next + found.length) % found.length : Math.min(found.length - 1, Math.max(0, next));
  choose(found[place]);
  found[place].scrollIntoView({ block: "nearest" });
}

function go(line) {
  if (!line) return false;
  location.assign(line.dataset.href);
  return true;
}
