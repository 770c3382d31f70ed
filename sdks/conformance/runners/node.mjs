// Runs the steps of the suite with the Node SDK: one JSON a line in, one JSON a line out.
import { createInterface } from "node:readline";
import { constructEvent, sauti, SautikitClient, SautikitError, verifyWebhook, voice, voiceResponse, WebhookSignatureError } from "@sautikit/node";

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const inCamel = (params) => Object.fromEntries(Object.entries(params).map(([name, it]) => [camel(name), it]));

function client({ max_retries: maxRetries, timeout_ms: timeoutMs, api_key: apiKey, base_url: baseUrl }) {
  return new SautikitClient({ maxRetries, timeoutMs, apiKey, baseUrl });
}

async function collect(walk, most = Infinity) {
  const found = [];
  for await (const each of walk) {
    found.push(each);
    if (found.length >= most) break;
  }
  return found;
}

function call(step) {
  const [resource, verb] = step.do.split(".").map(camel);
  const given = [...(step.args ?? [])];
  if (step.do === "uploads.audio") given.push({ file: Buffer.from(step.params.file, "base64") });
  else if (step.params) given.push(inCamel(step.params));
  else if (step.key) given.push({});
  if (step.key) given.push({ idempotencyKey: step.key });
  const answer = client(step.client)[resource][verb](...given);
  return step.rows ? collect(answer) : answer;
}

function build({ actions, style }) {
  if (style === "functional") return voiceResponse(...actions.map(([verb, it]) => sauti[verb](nest(it))));
  let made = voice();
  for (const [verb, it] of actions) made = made[verb](nest(it));
  return made.toJSON();
}

const nest = (it) => (it.nested ? { ...it, nested: it.nested.map(([verb, inner]) => sauti[verb](inner)) } : it);

const signed = (step) => ({
  body: Buffer.from(step.body, "utf8"),
  signature: step.signature,
  secret: step.secrets,
  toleranceSeconds: step.tolerance,
  now: step.now * 1000,
});

const VERBS = {
  request: async (step) => (await client(step.client).request(step.method, step.path, { query: step.query, body: step.body })).body,
  verify: verifyOrNot,
  event: (step) => constructEvent(signed(step)),
  build,
  stream: (step) => collect(client(step.client).stream(step.url, { lastEventId: step.last })),
};

function verifyOrNot(step) {
  return verifyWebhook(signed(step));
}

function problem(it) {
  if (it instanceof SautikitError) {
    const { status, code, message, requestId, docUrl, fields, retryAfterSeconds } = it;
    return { error: { status, code, message, request_id: requestId || null, doc_url: docUrl || null, fields, retry_after_seconds: retryAfterSeconds ?? null } };
  }
  if (it instanceof WebhookSignatureError) return { unsigned: true };
  if (it instanceof TypeError || it instanceof RangeError) return { invalid: it.message };
  throw it;
}

for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  let said;
  try {
    said = { ok: (await (VERBS[step.do] ?? call)(step)) ?? null };
  } catch (it) {
    said = problem(it);
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
