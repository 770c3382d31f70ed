"use strict";

const { randomUUID } = require("node:crypto");
const { SautikitConnectionError, SautikitError } = require("./errors");
const ROUTES = require("./routes");
const { follow } = require("./stream");
const { version } = require("../package.json");

const BASE_URL = "https://api.sautikit.com";
const TIMEOUT_MS = 30_000;
const RETRIES_MAX = 2;
const WAIT_MS = 500;
const WAIT_MAX_MS = 30_000;
// The request cannot have reached the API: asking again is safe whatever it was.
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
// The API said that it did nothing.
const UNDONE = new Set([429, 503]);

class SautikitClient {
  #apiKey;
  #baseUrl;
  #fetch;
  #timeoutMs;
  #maxRetries;

  constructor({ apiKey, baseUrl, fetch, timeoutMs, maxRetries } = {}) {
    this.#apiKey = apiKey ?? process.env.SAUTIKIT_API_KEY;
    if (!this.#apiKey) throw new TypeError("Give apiKey, or set SAUTIKIT_API_KEY.");
    const base = baseUrl || process.env.SAUTIKIT_API_BASE || BASE_URL;
    this.#baseUrl = base.replace(/\/+$/, "").replace(/\/v1$/, "");
    this.#fetch = fetch ?? globalThis.fetch;
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.#maxRetries = maxRetries ?? RETRIES_MAX;
    for (const [resource, routes] of Object.entries(ROUTES)) {
      this[resource] = this.#resource(routes);
    }
  }

  /** Ask any path of the API: what a newer API offers and this version does not name. */
  async request(method, path, { query, body, form, idempotencyKey, ...options } = {}) {
    const url = new URL(this.#baseUrl + path);
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined && value !== null) url.searchParams.set(name, asText(value));
    }
    const headers = {
      Authorization: `Bearer ${this.#apiKey}`,
      Accept: "application/json",
      "User-Agent": `sautikit-node/${version} node/${process.versions.node}`,
      ...options.headers,
    };
    if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
    const init = { method, headers, redirect: "manual" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    // Its type has a mark in it that fetch makes.
    if (form !== undefined) init.body = asForm(form);
    return this.#patiently(url, init, options);
  }

  /** What happens in a call as it happens, until it is over. A stream that breaks goes on where it was. */
  stream(streamUrl, { lastEventId, signal } = {}) {
    const open = { fetch: this.#fetch, maxRetries: this.#maxRetries, waitMs };
    return follow(streamUrl, { ...open, last: lastEventId ?? "", signal });
  }

  #resource(routes) {
    const made = {};
    for (const [name, route] of Object.entries(routes)) {
      made[name] = (...given) => this.#call(route, given);
    }
    return Object.freeze(made);
  }

  #call(route, given) {
    const left = [...given];
    const path = route.path.replace(/{(\w+)}/g, (_, name) => {
      const value = left.shift();
      if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a text.`);
      return encodeURIComponent(value);
    });
    const params = route.body || route.query ? (left.shift() ?? {}) : {};
    const { idempotencyKey = params.idempotencyKey, ...options } = left.shift() ?? {};
    const told = wire(params);
    if (route.cursor) return this.#page(route, path, told, options);
    const request = { ...options, query: route.query ? told : undefined };
    if (route.form) request.form = told;
    else if (route.method !== "GET" && route.method !== "DELETE") request.body = route.body ? told : {};
    if (route.key) request.idempotencyKey = idempotencyKey ?? randomUUID();
    return this.request(route.method, path, request).then((reply) => read(route, reply));
  }

  /** A promise of one page that can also be walked: `for await (const call of client.calls.list())`. */
  #page(route, path, query, options) {
    const ask = async (more) => {
      const reply = await this.request("GET", path, { ...options, query: { ...query, ...more } });
      return reply.body;
    };
    const first = ask({});
    first[Symbol.asyncIterator] = async function* walk() {
      for (let page = await first; ; page = await ask({ [route.cursor]: page.next_cursor })) {
        yield* page[route.rows];
        if (!page.next_cursor) return;
      }
    };
    return first;
  }

  async #patiently(url, init, options) {
    const most = options.maxRetries ?? this.#maxRetries;
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.#once(url, init, options);
      } catch (problem) {
        const wait = waitMs(problem, tried);
        if (tried >= most || wait === null || wait > WAIT_MAX_MS) throw problem;
        await pause(wait, options.signal);
      }
    }
  }

  async #once(url, init, { signal, timeoutMs = this.#timeoutMs }) {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const timer = setTimeout(abort, timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const response = await this.#fetch.call(globalThis, url, { ...init, signal: controller.signal });
      const text = await response.text();
      const { status, headers } = response;
      if (status >= 400) throw SautikitError.fromReply(status, headers, text);
      return { status, headers, body: text ? JSON.parse(text) : undefined };
    } catch (problem) {
      if (problem instanceof SautikitError) throw problem;
      throw unanswered(problem, signal, controller, timeoutMs);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

function unanswered(problem, signal, controller, timeoutMs) {
  if (signal?.aborted) return new SautikitConnectionError("aborted", "The request was aborted.", problem);
  if (controller.signal.aborted) {
    return new SautikitConnectionError("timeout", `No answer within ${timeoutMs} ms.`, problem);
  }
  const why = problem.cause?.message || problem.cause?.code || problem.message;
  return new SautikitConnectionError("connection_failed", `No answer: ${why}`, problem);
}

/** How long to wait before asking again; null when that would not be safe. */
function waitMs(problem, tried) {
  const cause = problem.cause?.cause ?? problem.cause;
  const codes = [cause?.code, ...(cause?.errors ?? []).map((each) => each.code)];
  if (problem.status === 0 && !codes.some((code) => UNREACHED.has(code))) return null;
  if (problem.status !== 0 && !UNDONE.has(problem.status)) return null;
  if (problem.retryAfterSeconds !== undefined) return problem.retryAfterSeconds * 1000;
  return WAIT_MS * 2 ** tried * (0.5 + Math.random() / 2);
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new SautikitConnectionError("aborted", "The request was aborted."));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  });
}

/** camelCase of a caller becomes snake_case of the API; what is inside a value is left alone. */
function wire(params) {
  const told = {};
  for (const [name, value] of Object.entries(params)) {
    if (name === "idempotencyKey" || value === undefined) continue;
    told[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] =
      value instanceof Date ? value.toISOString() : value;
  }
  return told;
}

/** Files as a form; what they are is seen by their content. */
function asForm(files) {
  const form = new FormData();
  for (const [name, file] of Object.entries(files)) {
    if (!(file instanceof Uint8Array)) throw new TypeError(`${name} must be a Buffer or a Uint8Array.`);
    form.append(name, new Blob([file]), name);
  }
  return form;
}

function asText(value) {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(",") : String(value);
}

function read(route, { status, headers, body }) {
  if (route.redirect && status === 302) return { status: "ready", url: headers.get("location") };
  // A call is both in an envelope and beside it: programs of either kind read the same reply.
  return body?.call ? { ...body.call, ...body } : body;
}

module.exports = { SautikitClient };
