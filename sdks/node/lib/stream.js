"use strict";

const { SautikitConnectionError, SautikitError } = require("./errors");

// The server says that it is still there every 15 seconds.
const SILENT_MS = 40_000;
const FIRST_WAIT_MS = 500;

/** Give every message of Server-Sent Events; a stream that ends or breaks is opened again until there is no more. */
async function* follow(url, { fetch, last, signal, maxRetries, waitMs }) {
  for (let tried = 0; ; ) {
    const watch = watched(signal);
    try {
      const response = await open(fetch, url, last, watch.signal);
      // An end that was read already is told by a status.
      if (response.status === 204) return;
      for await (const message of messages(response.body, watch)) {
        tried = 0;
        last = message.number || last;
        yield message;
      }
    } catch (problem) {
      if (signal?.aborted) throw new SautikitConnectionError("aborted", "The request was aborted.", problem);
      const isRefusal = problem instanceof SautikitError;
      const wait = isRefusal ? waitMs(problem, tried) : FIRST_WAIT_MS * 2 ** tried;
      if (wait === null || tried >= maxRetries) {
        throw isRefusal ? problem : new SautikitConnectionError("connection_failed", "The stream broke.", problem);
      }
      tried += 1;
      await new Promise((resolve) => setTimeout(resolve, wait));
    } finally {
      watch.end();
    }
  }
}

async function open(fetch, url, last, signal) {
  const headers = { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) };
  const response = await fetch.call(globalThis, url, { headers, signal, redirect: "manual" });
  if (response.status !== 200 && response.status !== 204) {
    throw SautikitError.fromReply(response.status, response.headers, await response.text());
  }
  return response;
}

async function* messages(body, watch) {
  const decoder = new TextDecoder();
  let [text, message] = ["", { name: "", number: "", data: "" }];
  for await (const piece of body) {
    watch.alive();
    const lines = (text + decoder.decode(piece, { stream: true })).split("\n");
    text = lines.pop();
    for (const raw of lines) {
      const [, key, value] = /^([^:\r]*):? ?(.*?)\r?$/.exec(raw);
      if (key === "event") message.name = value;
      else if (key === "id") message.number = value;
      else if (key === "data") message.data += value;
      else if (key === "" && value === "" && message.data) {
        yield { ...message, data: JSON.parse(message.data) };
        message = { name: "", number: "", data: "" };
      }
    }
  }
}

/** A signal that also fires when nothing is heard for too long. */
function watched(signal) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timer = setTimeout(abort, SILENT_MS);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  return {
    signal: controller.signal,
    alive() {
      clearTimeout(timer);
      timer = setTimeout(abort, SILENT_MS);
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      controller.abort();
    },
  };
}

module.exports = { follow };
