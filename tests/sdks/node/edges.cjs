// What the Node SDK does when things go wrong, against a server of this file; and its pure parts.
"use strict";
const assert = require("node:assert/strict");
const { createServer } = require("node:http");
const { once } = require("node:events");
const sdk = require("@sautikit/node");

const { SautikitClient, SautikitError, sauti, voice, voiceResponse, verifyWebhook, constructEvent } = sdk;

async function serve(answers) {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push({ method: request.method, url: request.url, headers: request.headers });
    const answer = answers[Math.min(heard.length, answers.length) - 1];
    if (answer === "hang") return;
    if (answer === "reset") return request.socket.destroy();
    const [status, headers, body] = answer;
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return { heard, port, baseUrl: `http://127.0.0.1:${port}/v1/`, close: () => server.closeAllConnections() ?? server.close() };
}

const client = (baseUrl, more) => new SautikitClient({ apiKey: "tsk_test_x", baseUrl, ...more });
const CALL = { from: "+254200000000", to: "+254712345678" };
const OK = [202, {}, '{"call_id":"1","status":"ringing"}'];
const SOON = { "Retry-After": "0" };

async function retries() {
  for (const status of [429, 503]) {
    const far = await serve([[status, SOON, "{}"], [status, SOON, "{}"], OK]);
    assert.equal((await client(far.baseUrl).calls.create(CALL)).status, "ringing");
    const keys = new Set(far.heard.map((it) => it.headers["idempotency-key"]));
    assert.deepEqual([far.heard.length, keys.size], [3, 1]);
    far.close();
  }
  // What may have been done is not asked for again, and neither is what was refused.
  for (const [answer, code] of [
    [[500, SOON, "oops"], "http_500"], [[502, SOON, "<html>"], "http_502"], ["reset", "connection_failed"],
    [[402, SOON, '{"error":{"code":"wallet.insufficient_balance","message":"m","request_id":"req_1"}}'], "wallet.insufficient_balance"],
    [[410, {}, '{"code":"recording_unavailable","reason":"pbx_deleted_before_capture"}'], "recording_unavailable"],
    ["hang", "timeout"],
  ]) {
    const far = await serve([answer, OK]);
    const problem = await client(far.baseUrl, { timeoutMs: 700 }).calls.create(CALL).catch((it) => it);
    assert.ok(problem instanceof SautikitError);
    assert.equal(problem.code, code);
    assert.equal(far.heard.length, 1, code);
    far.close();
  }
  // A long Retry-After is the caller's to wait for.
  const far = await serve([[429, { "Retry-After": "3600" }, "{}"], OK]);
  const problem = await client(far.baseUrl).calls.create(CALL).catch((it) => it);
  assert.deepEqual([problem.status, problem.retryAfterSeconds, far.heard.length], [429, 3600, 1]);
  far.close();
  // Nobody listens: asked again, and given up in the end.
  let asked = 0;
  const counting = (...given) => (asked++, fetch(...given));
  const dead = await serve([]);
  dead.close();
  const refused = client(dead.baseUrl, { fetch: counting });
  assert.equal((await refused.calls.create(CALL).catch((it) => it)).code, "connection_failed");
  assert.equal(asked, 3);
}

async function stopping() {
  const far = await serve(["hang"]);
  const controller = new AbortController();
  const asked = client(far.baseUrl).calls.list({}, { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  assert.equal((await asked.catch((it) => it)).code, "aborted");
  far.close();
}

async function wire() {
  const far = await serve([[302, { Location: "https://recordings.example/a.wav" }, ""], [202, {}, '{"status":"pending","retry_after_seconds":30}']]);
  const asked = client(far.baseUrl);
  assert.deepEqual(await asked.calls.recording("HD_24d73b4518bc"), { status: "ready", url: "https://recordings.example/a.wav" });
  assert.deepEqual(await asked.calls.recording("a/b"), { status: "pending", retry_after_seconds: 30 });
  assert.deepEqual(far.heard.map((it) => it.url), ["/v1/calls/HD_24d73b4518bc/recording", "/v1/calls/a%2Fb/recording"]);
  assert.equal(far.heard[0].headers.authorization, "Bearer tsk_test_x");
  assert.match(far.heard[0].headers["user-agent"], /^sautikit-node\//);
  assert.throws(() => asked.calls.get(""), TypeError);
  assert.throws(() => new SautikitClient({ apiKey: "" }), TypeError);
  far.close();
}

function documents() {
  assert.deepEqual(sauti.say("Habari", { language: "sw-KE" }), { say: { text: "Habari", language: "sw-KE" } });
  assert.deepEqual(voiceResponse(voice().pause({ length: 2 }), [sauti.hangup()]), { actions: [{ pause: { length: 2 } }, { hangup: {} }] });
  assert.equal(JSON.stringify(voice().redirect("/next")), '{"actions":[{"redirect":{"url":"/next"}}]}');
  assert.throws(() => sauti.say(), TypeError);
  assert.throws(() => sauti.pause("2"), TypeError);
  assert.throws(() => voiceResponse({ sing: {} }), TypeError);
  assert.throws(() => voiceResponse({ say: { text: "a" }, hangup: {} }), TypeError);
  assert.throws(() => voiceResponse(Array(51).fill(sauti.hangup())), RangeError);
}

function signatures(rows) {
  const wrong = rows.filter(([body, signature, secret, passes]) => {
    const told = { body: Buffer.from(body, "hex"), headers: { "X-Sautikit-Signature": signature }, secret };
    return verifyWebhook(told) !== passes;
  });
  assert.deepEqual(wrong, []);
  const [body, signature, secret] = rows[0];
  const told = { body: Buffer.from(body, "hex"), signature, secret: ["whsec_old", secret] };
  assert.equal(constructEvent(told).event, "call.completed");
  assert.equal(verifyWebhook({ ...told, now: Date.now() + 400_000 }), false);
  assert.equal(verifyWebhook({ ...told, now: Date.now() + 400_000, toleranceSeconds: 600 }), true);
  assert.throws(() => constructEvent({ ...told, secret: "whsec_no" }), sdk.WebhookSignatureError);
  assert.equal(verifyWebhook({ ...told, signature: undefined, headers: new Headers({ "x-sautikit-signature": signature }) }), true);
  assert.equal(verifyWebhook({ ...told, secret: undefined }), false);
}

async function main() {
  const rows = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const es = await import("@sautikit/node");
  assert.equal(es.SautikitClient, SautikitClient);
  assert.equal(es.default, SautikitClient);
  documents();
  signatures(rows);
  await wire();
  await stopping();
  await retries();
  console.log(JSON.stringify(rows.length));
}

main().then(() => process.exit(0), (problem) => {
  console.error(problem);
  process.exit(1);
});
