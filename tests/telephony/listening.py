"""What a page with a browser phone hears, measured in the page itself."""

# Every call's sound goes through an analyser that notes the loudest pitch, fifty times a second.
LISTEN = """
document.addEventListener("sautikit:call", ({ detail: call }) => {
  window.sautikitCall = call;
  window.sautikitHeard = [];
  call.on("stream", (stream) => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    setInterval(() => {
      analyser.getFloatFrequencyData(bins);
      let best = 4;
      for (let at = 4; at < bins.length; at += 1) if (bins[at] > bins[best]) best = at;
      const power = (at) => 10 ** (bins[at] / 10);
      let all = 0, near = 0;
      for (let at = 4; at < bins.length; at += 1) {
        all += power(at);
        if (Math.abs(at - best) < 12) near += power(at);
      }
      const hertz = best * context.sampleRate / analyser.fftSize;
      window.sautikitHeard.push({ hertz, level: bins[best], share: near / all });
    }, 20);
  });
});
"""


def listen_to_calls(page):
    """Measure every call of the page from now on; before the page is opened."""
    page.add_init_script(LISTEN)


def heard(page, *, level=-60):
    """The middle of what was loud: its pitch and the share of the energy on it."""
    found = page.evaluate("window.sautikitHeard ?? []")
    loud = sorted(
        (each for each in found if (each["level"] or -999) > level), key=lambda it: it["share"]
    )
    return (
        loud[len(loud) // 2] | {"count": len(loud)}
        if loud
        else {"hertz": 0, "share": 0, "count": 0}
    )
