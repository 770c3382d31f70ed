// The Node SDK against the running server: every resource, in the words of its users.
import assert from "node:assert/strict";
import { SautikitClient, SautikitError, sauti, voice } from "@sautikit/node";

const sautikit = new SautikitClient();
const refused = async (promise, status, code) => {
  const problem = await promise.then(
    () => assert.fail("it was not refused"),
    (caught) => caught,
  );
  assert.ok(problem instanceof SautikitError, String(problem));
  assert.deepEqual([problem.status, problem.code], [status, code]);
  return problem;
};
const all = async (list) => {
  const rows = [];
  for await (const row of list) rows.push(row);
  return rows;
};

// Numbers
const [offered] = (await sautikit.numbers.available({ country: "KE" })).available;
const claimed = await sautikit.numbers.claim({ e164: offered.e164 });
assert.equal(claimed.status, "active");
assert.equal((await sautikit.numbers.list()).numbers[0].id, claimed.id);
const routed = await sautikit.numbers.setRouting(claimed.id, {
  voiceCallbackUrl: "https://acme.example/voice",
});
assert.equal(routed.voice_callback_url, "https://acme.example/voice");
assert.equal((await sautikit.numbers.get(claimed.id)).e164, offered.e164);

// Calls
const wanted = {
  from: claimed.e164,
  to: "+254712345678",
  voiceCallbackUrl: "https://acme.example/other",
  callerId: claimed.e164,
  clientRequestId: "order-1042",
  idempotencyKey: "order-1042",
};
const placed = await sautikit.calls.create(wanted);
assert.equal(placed.status, "ringing");
assert.equal(placed.client_request_id, "order-1042");
assert.equal((await sautikit.calls.create(wanted)).call_id, placed.call_id);
const { clientRequestId, idempotencyKey, ...unnamed } = wanted;
const other = await sautikit.calls.create({ ...unnamed, to: ["+254712345679"] });
assert.notEqual(other.call_id, placed.call_id);
await refused(
  sautikit.calls.create({ ...wanted, to: "+254712345670" }), 409, "idempotency.conflict",
);
for (const id of [placed.call_id, placed.pbx_session_id]) {
  const call = await sautikit.calls.get(id);
  assert.deepEqual([call.id, call.call.id, call.status], [placed.call_id, placed.call_id, "ringing"]);
  assert.ok(Array.isArray(call.events));
}
const listed = await all(sautikit.calls.list({ direction: "outbound", limit: 1 }));
assert.deepEqual(new Set(listed.map((it) => it.id)), new Set([placed.call_id, other.call_id]));
const page = await sautikit.calls.list({ limit: 1, from: new Date(Date.now() - 3_600_000) });
assert.equal(page.data.length, 1);
assert.ok(page.next_cursor);
assert.deepEqual((await sautikit.calls.list({ status: ["completed", "failed"] })).data, []);
assert.equal((await sautikit.calls.stats({ since: "today" })).currency, "KES");
await refused(sautikit.calls.recording(placed.call_id), 404, "calls.recording_not_found");
assert.equal((await sautikit.calls.hangup(placed.call_id)).call_id, placed.call_id);
const problem = await refused(
  sautikit.calls.create({ from: claimed.e164, to: "0712 345 678" }), 400, "validation.bad_request",
);
assert.ok(problem.requestId.startsWith("req_"));
assert.ok(problem.docUrl.endsWith("/validation.bad_request"));
assert.ok(problem.fields[0].path.startsWith("to"));

// Wallet
const balance = await sautikit.wallet.balance();
assert.equal(balance.currency, "KES");
const rows = await all(sautikit.wallet.statements({ limit: 1 }));
assert.ok(rows.some((row) => row.kind === "rental"));
const watched = await sautikit.wallet.setThreshold({ thresholdMinor: 5_000 });
assert.equal(watched.low_balance_threshold_minor, 5_000);

// Webhooks
const endpoint = await sautikit.webhooks.create({
  url: "https://acme.example/hooks", events: ["call.*", "wallet.*"],
});
assert.match(endpoint.secret, /^whsec_/);
assert.equal((await sautikit.webhooks.update(endpoint.id, { paused: true })).status, "paused");
assert.notEqual((await sautikit.webhooks.rotateSecret(endpoint.id)).secret, endpoint.secret);
assert.equal((await all(sautikit.webhooks.list())).length, 1);
assert.deepEqual(await all(sautikit.webhooks.deliveries(endpoint.id)), []);
assert.equal(await sautikit.webhooks.delete(endpoint.id), undefined);
await refused(sautikit.webhooks.get(endpoint.id), 404, "webhooks.not_found");

// Events, pricing, workspace, documents
assert.ok(Array.isArray((await sautikit.events.list({ after: 0, kind: "number.*" })).data));
assert.ok(await sautikit.pricing.get());
assert.ok((await sautikit.workspace.get()).id);
const document = voice().say("Habari", { language: "sw-KE" }).getDigits({ numDigits: 1 }).toJSON();
assert.equal((await sautikit.voice.validate(document)).valid, true);
const wrong = { actions: [sauti.say("x".repeat(6_000))] };
assert.equal((await sautikit.voice.validate(wrong)).valid, false);

// Keys and addresses
await refused(new SautikitClient({ apiKey: "tsk_live_x" }).calls.list(), 401, "api_key.invalid");
await refused(sautikit.request("GET", "/v1/nowhere"), 404, "not_found");
console.log(JSON.stringify({ calls: listed.length, statements: rows.length }));
