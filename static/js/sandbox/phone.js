// A phone on a page. The screens are made by the server; this keeps them in step with the sandbox.
// Ringing, sound and microphone are those of the browser phone that customers use. Without scripts
// every button still works as a form.
import { Phone } from "../../sdk/webrtc-1/sautikit-webrtc.js";

const handset = document.querySelector("[data-handset]");
const screenBox = handset.querySelector("[data-screen]");
const link = handset.querySelector("[data-link]");
const soundOff = document.querySelector("[data-sound-off]");
const microphoneRow = document.querySelector("[data-microphone-row]");
const microphoneState = document.querySelector("[data-microphone-state]");

const phone = new Phone({ token: "handset", endpoint: handset.dataset.socket });
let shown = "";

phone.on("state", (state) => { link.dataset.link = state === "online" ? "up" : "lost"; });
phone.on("message", (state) => { if (!state.error) show(state); });
phone.on("incoming", (call) => {
  watch(call);
  // Answered by a program or by a form: the page listens too.
  if (call.isUpElsewhere) call.answer({ microphone: false });
});

function watch(call) {
  call.on("warning", (problem) => { if (problem.code === "autoplay") soundOff.hidden = false; });
  call.on("ended", () => {
    delete microphoneRow.dataset.on;
    microphoneState.textContent = "";
  });
}

// The signature of what must be on the screen; the same one is never drawn twice.
function signature(state) {
  const { prompt, messages, balance_minor } = state.mpesa;
  return JSON.stringify([prompt?.id, state.call?.id, state.call?.state, messages[0]?.id, balance_minor, state.sip_phone, state.last_call]);
}

async function show(state) {
  const next = signature(state);
  microphoneRow.hidden = state.call?.state !== "up";
  listen(state.call);
  if (next === shown) return;
  shown = next;
  await redraw();
}

// A call that another door answered or dialled is heard here as well.
function listen(shownCall) {
  const call = phone.calls.find((each) => each.id === shownCall?.id);
  if (shownCall?.state === "up" && call?.direction === "inbound") call.answer({ microphone: false });
}

async function redraw() {
  const reply = await fetch(`${location.pathname}?part=screen`, { headers: { Accept: "text/html" } });
  if (!reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").body;
  const typedIn = screenBox.contains(document.activeElement) ? document.activeElement.id : "";
  keepTyped(fresh);
  screenBox.replaceChildren(...fresh.childNodes);
  (screenBox.querySelector("[data-pin]") || document.getElementById(typedIn))?.focus();
}

// What is being typed stays, and so does an open form, unless another payment is asked for.
function keepTyped(fresh) {
  const prompt = (screen) => screen.querySelector("[name=id]")?.value;
  if (prompt(fresh) !== prompt(screenBox)) return;
  for (const old of screenBox.querySelectorAll("input[id], details[open][id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(old.id)}`);
    if (twin?.tagName === "DETAILS") twin.open = true;
    else if (twin) twin.value = old.value;
  }
}

// Buttons act over the socket when it is there, and as the forms they are when it is not.
screenBox.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-phone-form]");
  if (!form || phone.state !== "online") return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  if (fields.door === "call") return act(fields);
  const action = { kind: fields.door, action: fields.action };
  for (const name of ["id", "pin"]) if (fields[name]) action[name] = fields[name];
  phone.send(action);
});

function act({ action, to, digits }) {
  const [call] = phone.calls;
  if (action === "dial") watch(phone.call(to, { microphone: false }));
  else if (action === "answer") call?.answer({ microphone: false });
  else if (action === "digits") call?.sendDigits(digits);
  else if (action === "reject") call?.reject();
  else call?.hangup();
}

screenBox.addEventListener("click", (event) => {
  const key = event.target.closest("[data-pin-key]");
  if (!key) return;
  const field = screenBox.querySelector("[data-pin]");
  const word = key.dataset.pinKey;
  field.value = word === "back" ? field.value.slice(0, -1) : (field.value + word).slice(0, 4);
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea") || event.ctrlKey || event.metaKey) return;
  screenBox.querySelector(`[data-keypad] button[value="${CSS.escape(event.key)}"]`)?.click();
});

setInterval(() => {
  const screen = screenBox.querySelector('.screen[data-kind="up"]');
  const clock = screen?.querySelector("[data-call-clock]");
  if (!clock) return;
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(screen.dataset.upSince)) / 1000));
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}, 250);

// A browser lets a page sound only after a click; until then a note says so.
async function unlock() {
  await Promise.all(phone.calls.map((call) => call.play()));
  soundOff.hidden = true;
}

document.querySelector("[data-sound]").addEventListener("click", unlock);

document.querySelector("[data-microphone]").addEventListener("click", async () => {
  const [call] = phone.calls;
  if (!call) return;
  try {
    await call.mute(call.hasMicrophone && !call.isMuted);
    microphoneRow.toggleAttribute("data-on", !call.isMuted);
    microphoneState.textContent = call.isMuted ? "" : "●";
  } catch (problem) {
    microphoneState.textContent = String(problem.message || problem);
  }
});

phone.connect().catch(() => {});
