// @sautikit/webrtc 1.0.0: a phone in the browser. No dependencies; works as an ES module.
export const VERSION = "1.0.0";
export const PROTOCOL = "sautikit.webrtc.v1";

const GATHER_MS = 1500;
const CONNECT_MS = 10000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15000];
const PING_MS = 25000;
const TOKEN_REFUSED = 4401;
const RING_HERTZ = 425;

export class PhoneError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "PhoneError";
    this.code = code;
  }
}

class Emitter {
  #listeners = new Map();

  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.off(name, listener);
  }

  once(name, listener) {
    const stop = this.on(name, (...values) => { stop(); listener(...values); });
    return stop;
  }

  off(name, listener) {
    this.#listeners.get(name)?.delete(listener);
  }

  emit(name, ...values) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...values);
  }
}

/** Connect with the reply of `POST /v1/webrtc/token`, or with a function that fetches a new one. */
export async function connect(options) {
  const phone = new Phone(options);
  await phone.connect();
  return phone;
}

export class Phone extends Emitter {
  #options;
  #socket = null;
  #calls = new Map();
  #attempts = 0;
  #isWanted = false;
  #pinging = 0;
  #grant = null;

  constructor(options) {
    super();
    this.#options = typeof options === "function" ? { getToken: options } : { ...options };
    this.state = "offline";
    this.tones = this.#options.tones === false ? null : new Tones();
  }

  get client() {
    return this.#grant?.clientName ?? "";
  }

  get phoneNumber() {
    return this.#grant?.phoneNumber ?? "";
  }

  get calls() {
    return [...this.#calls.values()];
  }

  get iceServers() {
    return this.#options.iceServers ?? this.#grant?.turnServer?.iceServers ?? [];
  }

  async connect() {
    this.#isWanted = true;
    this.#show("connecting");
    this.#grant = await this.#ask();
    await this.#open();
  }

  disconnect() {
    this.#isWanted = false;
    for (const call of this.calls) call.hangup();
    this.#socket?.close(1000);
    this.#show("offline");
  }

  /** Call somebody. `from` is one of your numbers; left out, the number of the token. */
  call(destination, options = {}) {
    if (this.state !== "online") throw new PhoneError("offline", "The phone is not connected.");
    const { from, ...rest } = typeof options === "string" ? { from: options } : options;
    const call = new Call(this, { id: crypto.randomUUID(), direction: "outbound", from, to: destination });
    this.#calls.set(call.id, call);
    announce(call);
    call.begin(rest);
    return call;
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  forget(call) {
    this.#calls.delete(call.id);
    this.emit("calls", this.calls);
  }

  async #ask() {
    const { getToken, token, endpoint } = this.#options;
    if (getToken) return getToken();
    if (typeof token === "object" && token !== null) return token;
    return { ...this.#options, token, endpoint };
  }

  #open() {
    return new Promise((resolve, reject) => {
      const { endpoint, token } = this.#grant;
      const { language } = this.#options;
      const socket = new WebSocket(endpoint, [this.#grant.protocol ?? PROTOCOL]);
      const late = setTimeout(() => socket.close(), CONNECT_MS);
      let problem = null;
      this.#socket = socket;
      socket.onopen = () => socket.send(JSON.stringify({ type: "connect", token, language }));
      socket.onmessage = (event) => {
        const message = JSON.parse(event.data);
        if (message.type === "ready") {
          clearTimeout(late);
          this.#attempts = 0;
          this.#keepAlive();
          this.#show("online");
          resolve(this);
        } else if (message.type === "error") {
          problem = new PhoneError(message.code, message.message);
          this.emit("error", problem);
        } else {
          this.#hear(message);
        }
      };
      socket.onclose = (event) => {
        clearTimeout(late);
        clearInterval(this.#pinging);
        reject(problem ?? new PhoneError("disconnected", "The connection could not be made."));
        this.#lost(event.code);
      };
    });
  }

  #keepAlive() {
    clearInterval(this.#pinging);
    this.#pinging = setInterval(() => this.send({ type: "ping" }), PING_MS);
  }

  // Sound ends with the connection that carries its signals; the phone itself comes back.
  #lost(code) {
    for (const call of this.calls) call.finish({ reason: "disconnected" });
    if (!this.#isWanted) return this.#show("offline");
    if (code === TOKEN_REFUSED && !this.#options.getToken) {
      this.#isWanted = false;
      return this.#show("offline");
    }
    this.#show("connecting");
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)];
    this.#attempts += 1;
    setTimeout(() => this.#again(), wait);
  }

  async #again() {
    if (!this.#isWanted) return;
    try {
      this.#grant = await this.#ask();
      await this.#open();
    } catch (problem) {
      if (this.#socket?.readyState === WebSocket.CLOSED || !this.#socket) this.emit("retry", problem);
    }
  }

  #show(state) {
    if (this.state === state) return;
    this.state = state;
    this.emit("state", state);
  }

  #hear(message) {
    if (message.type === undefined) {
      this.emit("message", message);
      return;
    }
    if (message.type === "incoming") {
      const { id, from, to, state } = message;
      const call = new Call(this, { id, direction: "inbound", from, to, isUp: state === "up" });
      this.#calls.set(id, call);
      call.ringHere();
      announce(call);
      this.emit("incoming", call);
      this.emit("calls", this.calls);
      return;
    }
    this.#calls.get(message.id)?.hear(message);
  }
}

export class Call extends Emitter {
  #phone;
  #connection = null;
  #microphone = null;
  #element = null;
  #sender = null;

  constructor(phone, { id, direction, from, to, isUp = false }) {
    super();
    this.#phone = phone;
    this.id = id;
    this.callId = null;
    this.direction = direction;
    this.from = from ?? "";
    this.to = to ?? "";
    this.state = direction === "inbound" ? "ringing" : "connecting";
    this.isUpElsewhere = isUp;
    this.isMuted = false;
    this.supervision = "";
    this.answeredAt = null;
    this.reason = "";
    this.remoteStream = new MediaStream();
  }

  /** Who is at the other end. */
  get peer() {
    return this.direction === "inbound" ? this.from : this.to;
  }

  get hasMicrophone() {
    return this.#microphone !== null;
  }

  get connection() {
    return this.#connection;
  }

  /** Take an incoming call. `microphone: false` listens only; `unmute` asks for it later. */
  async answer(options = {}) {
    if (this.direction !== "inbound" || this.state !== "ringing") return;
    this.#phone.tones?.stop();
    this.#show("connecting");
    await this.#offer("accept", {}, options);
  }

  reject() {
    if (this.direction !== "inbound" || this.state !== "ringing") return this.hangup();
    this.#phone.send({ type: "reject", id: this.id });
    this.finish({ reason: "rejected" });
  }

  hangup() {
    if (this.state === "ended") return;
    if (this.direction === "inbound" && this.state === "ringing") return this.reject();
    this.#phone.send({ type: "hangup", id: this.id });
    this.finish({ reason: "hangup" });
  }

  sendDigits(digits) {
    this.#phone.send({ type: "digits", id: this.id, digits: String(digits) });
  }

  async mute(isMuted = true) {
    this.isMuted = isMuted;
    if (!isMuted && !this.#microphone) await this.#takeMicrophone();
    for (const track of this.#microphone?.getTracks() ?? []) track.enabled = !isMuted;
    this.emit("mute", isMuted);
  }

  unmute() {
    return this.mute(false);
  }

  /** Play the other side again after the browser kept the page silent. */
  play() {
    return this.#element?.play();
  }

  begin(options) {
    const numbers = { to: this.to, ...(this.from ? { from: this.from } : {}) };
    this.#offer("call", numbers, options);
  }

  ringHere() {
    if (!this.isUpElsewhere) this.#phone.tones?.ring();
  }

  hear(message) {
    switch (message.type) {
      case "placed":
        this.callId = message.call_id;
        return;
      case "media":
        this.#connection?.setRemoteDescription({ type: "answer", sdp: message.sdp }).catch((problem) => this.#fail(problem));
        return;
      case "ringing":
        this.#phone.tones?.ringback();
        this.#show("ringing");
        return;
      case "answered":
        this.#phone.tones?.stop();
        this.answeredAt = new Date();
        this.#show("answered");
        return;
      case "digit":
        this.emit("digit", message.digit);
        return;
      case "supervised":
        this.supervision = message.mode === "none" ? "" : message.mode;
        this.emit("supervised", this.supervision);
        return;
      case "ended":
        this.finish(message);
    }
  }

  finish({ reason, code, message }) {
    if (this.state === "ended") return;
    this.reason = reason;
    this.error = code ? new PhoneError(code, message) : null;
    this.#phone.tones?.stop();
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#connection?.close();
    this.#element?.remove();
    this.#show("ended");
    this.#phone.forget(this);
  }

  async #offer(type, fields, { microphone = true } = {}) {
    try {
      const connection = new RTCPeerConnection({ iceServers: this.#phone.iceServers });
      this.#connection = connection;
      this.#sender = connection.addTransceiver("audio", { direction: "sendrecv" }).sender;
      connection.ontrack = (event) => this.#play(event.track);
      if (microphone) await this.#takeMicrophone(microphone === "optional");
      await connection.setLocalDescription();
      await gathered(connection);
      if (this.state === "ended") return;
      this.#phone.send({ type, id: this.id, ...fields, sdp: connection.localDescription.sdp });
    } catch (problem) {
      this.#fail(problem);
    }
  }

  async #takeMicrophone(isOptional = false) {
    try {
      const audio = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio });
    } catch (problem) {
      if (!isOptional) throw new PhoneError("microphone", problem.message || String(problem));
      this.emit("warning", new PhoneError("microphone", problem.message || String(problem)));
      return;
    }
    const [track] = this.#microphone.getAudioTracks();
    track.enabled = !this.isMuted;
    await this.#sender.replaceTrack(track);
  }

  #play(track) {
    this.remoteStream.addTrack(track);
    this.#element = new Audio();
    this.#element.srcObject = this.remoteStream;
    this.play().catch((problem) => this.emit("warning", new PhoneError("autoplay", problem.message)));
    this.emit("stream", this.remoteStream);
  }

  #fail(problem) {
    if (this.state === "ended") return;
    const known = problem instanceof PhoneError ? problem : new PhoneError("webrtc", problem.message || String(problem));
    this.#phone.send({ type: this.direction === "inbound" ? "reject" : "hangup", id: this.id });
    this.#phone.send({ type: "hangup", id: this.id });
    this.finish({ reason: "failed", code: known.code, message: known.message });
  }

  #show(state) {
    this.state = state;
    this.emit("state", state);
    this.emit(state, this);
    this.#phone.emit("calls", this.#phone.calls);
  }
}

// For scripts of the page that want to know of every call, whoever made it.
function announce(call) {
  document.dispatchEvent(new CustomEvent("sautikit:call", { detail: call }));
}

function gathered(connection) {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(resolve, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(late);
      resolve();
    });
  });
}

// What the network would let one hear: ringing at our end, ringing at the far end.
class Tones {
  #context = null;
  #timer = 0;

  ring() {
    this.#every(3000, [[0, 0.4], [0.6, 0.4]], 20);
  }

  ringback() {
    this.#every(5000, [[0, 1]], 0);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #every(milliseconds, bursts, warble) {
    this.stop();
    this.#context ??= new AudioContext();
    this.#context.resume().catch(() => {});
    const once = () => bursts.forEach(([start, length]) => this.#sound(start, length, warble));
    once();
    this.#timer = setInterval(once, milliseconds);
  }

  #sound(start, length, warble) {
    const context = this.#context;
    if (context.state !== "running") return;
    const tone = new OscillatorNode(context, { frequency: RING_HERTZ });
    const volume = new GainNode(context, { gain: 0.12 });
    tone.connect(volume).connect(context.destination);
    const nodes = [tone];
    if (warble) {
      const shake = new OscillatorNode(context, { frequency: warble, type: "square" });
      shake.connect(new GainNode(context, { gain: 60 })).connect(tone.frequency);
      nodes.push(shake);
    }
    for (const node of nodes) {
      node.start(context.currentTime + start);
      node.stop(context.currentTime + start + length);
    }
  }
}
