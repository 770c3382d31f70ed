// A phone on a page. The screens are made by the server; this keeps them in step with the sandbox,
// rings, plays the call and sends the microphone. Without it every button still works as a form.
(() => {
const handset = document.querySelector("[data-handset]");
if (!handset) return;

const screenBox = handset.querySelector("[data-screen]");
const link = handset.querySelector("[data-link]");
const soundOff = document.querySelector("[data-sound-off]");
const microphoneRow = document.querySelector("[data-microphone-row]");
const microphoneState = document.querySelector("[data-microphone-state]");
const RECONNECT_MS = 1000;

let socket = null;
let shown = "";
let audio = null;
let microphone = null;
let ringTimer = 0;

function connect() {
  socket = new WebSocket(handset.dataset.socket);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => { link.dataset.link = "up"; };
  socket.onmessage = (event) => {
    if (typeof event.data !== "string") return play(event.data);
    const state = JSON.parse(event.data);
    if (!state.error) show(state);
  };
  socket.onclose = () => {
    link.dataset.link = "lost";
    setTimeout(connect, RECONNECT_MS);
  };
}

// The signature of what must be on the screen; the same one is never drawn twice.
function signature(state) {
  const { prompt, messages, balance_minor } = state.mpesa;
  return JSON.stringify([prompt?.id, state.call?.id, state.call?.state, messages[0]?.id, balance_minor, state.sip_phone, state.last_call]);
}

async function show(state) {
  const next = signature(state);
  ring(state.call?.state === "ringing" && state.call.direction === "in" && !state.mpesa.prompt);
  microphoneRow.hidden = state.call?.state !== "up";
  if (state.call?.state !== "up") closeMicrophone();
  if (next === shown) return;
  shown = next;
  await redraw();
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
  if (!form || socket?.readyState !== WebSocket.OPEN) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  const action = { kind: fields.door, action: fields.action };
  for (const name of ["id", "pin", "digits", "to"]) if (fields[name]) action[name] = fields[name];
  socket.send(JSON.stringify(action));
  unlock();
});

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

// Sound. A browser lets a page sound only after a click; until then a note says so.
async function openAudio() {
  if (audio) return audio;
  const context = new AudioContext();
  await context.audioWorklet.addModule(handset.dataset.worklet);
  const earpiece = new AudioWorkletNode(context, "earpiece");
  earpiece.connect(context.destination);
  audio = { context, earpiece };
  context.onstatechange = sayWhetherSilent;
  sayWhetherSilent();
  return audio;
}

function sayWhetherSilent() {
  soundOff.hidden = audio?.context.state === "running";
}

async function unlock() {
  const { context } = await openAudio();
  await context.resume();
}

async function play(frame) {
  const { earpiece } = await openAudio();
  handset.dataset.framesHeard = String(Number(handset.dataset.framesHeard || 0) + 1);
  earpiece.port.postMessage(frame, [frame]);
}

function ring(isRinging) {
  if (!isRinging) {
    clearInterval(ringTimer);
    ringTimer = 0;
  } else if (!ringTimer) {
    ringOnce();
    ringTimer = setInterval(ringOnce, 3000);
  }
}

// The Kenyan ring: 425 Hz, here as two short warbles.
async function ringOnce() {
  const { context } = await openAudio();
  if (context.state !== "running") return;
  for (const start of [0, 0.6]) {
    const tone = new OscillatorNode(context, { frequency: 425, type: "triangle" });
    const warble = new OscillatorNode(context, { frequency: 20, type: "square" });
    const depth = new GainNode(context, { gain: 60 });
    const volume = new GainNode(context, { gain: 0.15 });
    warble.connect(depth).connect(tone.frequency);
    tone.connect(volume).connect(context.destination);
    for (const each of [tone, warble]) {
      each.start(context.currentTime + start);
      each.stop(context.currentTime + start + 0.4);
    }
  }
}

document.querySelector("[data-sound]").addEventListener("click", unlock);
document.addEventListener("pointerdown", unlock);

document.querySelector("[data-microphone]").addEventListener("click", async () => {
  if (microphone) return closeMicrophone();
  try {
    await unlock();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, channelCount: 1 } });
    const source = new MediaStreamAudioSourceNode(audio.context, { mediaStream: stream });
    const mouthpiece = new AudioWorkletNode(audio.context, "mouthpiece", { numberOfOutputs: 0 });
    mouthpiece.port.onmessage = (event) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(event.data);
    };
    source.connect(mouthpiece);
    microphone = { stream, source };
    microphoneRow.dataset.on = "";
    microphoneState.textContent = "●";
  } catch (problem) {
    microphoneState.textContent = String(problem.message || problem);
  }
});

function closeMicrophone() {
  if (!microphone) return;
  microphone.source.disconnect();
  microphone.stream.getTracks().forEach((track) => track.stop());
  microphone = null;
  delete microphoneRow.dataset.on;
  microphoneState.textContent = "";
}

openAudio().catch(() => {});
connect();
})();
