// Two worklets between the sound card's rate and the call's 8 kHz, in frames of 160 samples.
const CALL_RATE = 8000;
const FRAME = 160;
const WAITING_MAX = CALL_RATE / 2;

class Earpiece extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = [];
    this.at = 0;
    this.isFilling = true;
    this.port.onmessage = (event) => {
      for (const sample of new Int16Array(event.data)) this.samples.push(sample / 32768);
      if (this.samples.length > WAITING_MAX) this.samples.splice(0, this.samples.length - 3 * FRAME);
      if (this.samples.length >= 3 * FRAME) this.isFilling = false;
    };
  }

  process(_inputs, [[output]]) {
    const step = CALL_RATE / sampleRate;
    for (let index = 0; index < output.length; index += 1) {
      const whole = Math.floor(this.at);
      if (this.isFilling || whole + 1 >= this.samples.length) {
        this.isFilling = true;
        output[index] = 0;
        continue;
      }
      const part = this.at - whole;
      output[index] = this.samples[whole] * (1 - part) + this.samples[whole + 1] * part;
      this.at += step;
    }
    const used = Math.floor(this.at);
    this.samples.splice(0, used);
    this.at -= used;
    return true;
  }
}

class Mouthpiece extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.sum = 0;
    this.count = 0;
    this.phase = 0;
  }

  // The mean of the samples that fall into one step is filter enough for a telephone.
  process([[input]]) {
    for (const sample of input ?? []) {
      this.sum += sample;
      this.count += 1;
      this.phase += CALL_RATE / sampleRate;
      if (this.phase >= 1) this.push();
    }
    return true;
  }

  push() {
    const mean = Math.max(-1, Math.min(1, this.sum / this.count));
    this.frame[this.filled] = mean * 32767;
    this.filled += 1;
    this.phase -= 1;
    this.sum = 0;
    this.count = 0;
    if (this.filled < FRAME) return;
    this.port.postMessage(this.frame.slice().buffer);
    this.filled = 0;
  }
}

registerProcessor("earpiece", Earpiece);
registerProcessor("mouthpiece", Mouthpiece);
