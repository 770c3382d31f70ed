// The phone in the corner of the console: the browser phone that customers use, with a face.
import { Phone, PhoneError } from "../sdk/webrtc-1/sautikit-webrtc.js";

const root = document.querySelector("[data-softphone]");
const part = (name) => root.querySelector(`[data-softphone-${name}]`);
const panel = document.getElementById("softphone-panel");
const toggle = part("toggle");
const dial = part("dial");
const stay = part("stay");
const OPEN = "softphone-open";
const STAY = "softphone-stay";
const FROM = "softphone-from";

const phone = new Phone({ getToken, language: document.documentElement.lang });
let call = null;
let clock = 0;

async function ask(path, options = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const reply = await fetch(path, { credentials: "same-origin", headers, ...options });
  const body = await reply.json();
  if (!reply.ok) throw new PhoneError(body.error.code, body.error.message);
  return body;
}

function getToken() {
  return ask("/v1/webrtc/token", { method: "POST", body: JSON.stringify({ client_name: "console" }) });
}

function say(state) {
  root.dataset.state = state;
  const word = root.dataset[`say${state[0].toUpperCase()}${state.slice(1)}`];
  part("state").textContent = word;
  part("summary").textContent = call ? `${word} ${call.peer}` : toggle.dataset.word;
}

function show() {
  const isRinging = call?.direction === "inbound" && call.state === "ringing";
  part("ringing").hidden = !isRinging;
  part("call").hidden = !call || isRinging;
  dial.hidden = Boolean(call);
  part("peer").hidden = !call;
  part("peer").textContent = call?.peer ?? "";
  if (!call) say(phone.state);
  else if (isRinging) say("incoming");
  else say(call.state === "connecting" ? "calling" : call.state);
}

function complain(text) {
  part("problem").hidden = !text;
  part("problem").textContent = text ?? "";
}

function open(isOpen) {
  panel.hidden = !isOpen;
  toggle.setAttribute("aria-expanded", String(isOpen));
  sessionStorage.setItem(OPEN, isOpen ? "1" : "");
  if (isOpen) wake();
}

// The first opening connects; nothing is asked for before that.
async function wake() {
  if (phone.state !== "offline") return;
  try {
    await Promise.all([phone.connect(), listNumbers()]);
  } catch (problem) {
    complain(problem.code === "webrtc.token.profile_pending" ? root.dataset.sayNoNumber : problem.message);
    phone.disconnect();
  }
}

async function listNumbers() {
  const { numbers } = await ask("/v1/numbers");
  const active = numbers.filter((number) => number.status === "active");
  dial.elements.from.replaceChildren(...active.map(({ e164 }) => new Option(e164, e164)));
  const last = localStorage.getItem(FROM);
  if (active.some(({ e164 }) => e164 === last)) dial.elements.from.value = last;
}

// 0712 345 678, 254712345678 and +254712345678 are one phone.
function inFull(typed) {
  const digits = typed.replace(/[^\d+]/g, "");
  if (digits.startsWith("+")) return digits;
  return digits.startsWith("0") ? `+254${digits.slice(1)}` : `+${digits}`;
}

function take(fresh) {
  call = fresh;
  complain("");
  fresh.on("state", show);
  fresh.on("answered", () => {
    clock = setInterval(tick, 250);
  });
  fresh.on("supervised", supervise);
  fresh.on("mute", (isMuted) => part("mute").setAttribute("aria-pressed", String(isMuted)));
  fresh.on("ended", () => {
    clearInterval(clock);
    part("clock").textContent = "";
    part("mute").setAttribute("aria-pressed", "false");
    call = null;
    complain(why(fresh));
    supervise("");
    show();
  });
  show();
}

function supervise(mode) {
  part("supervised").hidden = !mode;
  part("supervised").textContent = mode ? root.dataset[`sayBy${mode[0].toUpperCase()}${mode.slice(1)}`] : "";
}

function why({ reason, error }) {
  if (reason === "hangup") return "";
  if (error?.code === "microphone") return root.dataset.sayMicrophone;
  return error?.message ?? root.dataset[`say${reason[0].toUpperCase()}${reason.slice(1)}`] ?? root.dataset.sayFailed;
}

function tick() {
  if (!call?.answeredAt) return;
  const seconds = Math.max(0, Math.floor((Date.now() - call.answeredAt) / 1000));
  part("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

phone.on("state", show);
phone.on("incoming", (fresh) => {
  if (call) return fresh.reject();
  take(fresh);
  open(true);
});

toggle.addEventListener("click", () => open(panel.hidden));
root.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.hidden) return;
  open(false);
  toggle.focus();
});
dial.addEventListener("submit", (event) => {
  event.preventDefault();
  if (call) return;
  const from = dial.elements.from.value;
  localStorage.setItem(FROM, from);
  try {
    take(phone.call(inFull(dial.elements.to.value), { from }));
  } catch (problem) {
    complain(problem.code === "offline" ? root.dataset.sayDisconnected : problem.message);
  }
});
part("answer").addEventListener("click", () => call?.answer());
part("reject").addEventListener("click", () => call?.reject());
part("hangup").addEventListener("click", () => call?.hangup());
part("mute").addEventListener("click", () => call?.mute(!call.isMuted).catch(() => {}));
part("keys").addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (key) call?.sendDigits(key.value);
});
stay.addEventListener("change", () => localStorage.setItem(STAY, stay.checked ? "1" : ""));

// A call lives on its page: links open beside it, and leaving asks first.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (call && link && !link.hash && !link.target) link.target = "_blank";
});
addEventListener("beforeunload", (event) => {
  if (call) event.preventDefault();
});

toggle.dataset.word = part("summary").textContent;
stay.checked = Boolean(localStorage.getItem(STAY));
if (sessionStorage.getItem(OPEN)) open(true);
else if (stay.checked) wake();
