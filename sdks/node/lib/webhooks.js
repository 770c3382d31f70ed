"use strict";

const { createHmac, timingSafeEqual } = require("node:crypto");
const { WebhookSignatureError } = require("./errors");

const HEADER = "x-sautikit-signature";

/**
 * Tell whether we signed these bytes with this secret, within the tolerance.
 * `signature` is the header X-Sautikit-Signature, or all headers of the request.
 */
function verifyWebhook({ body, signature, headers, secret, toleranceSeconds = 300, now }) {
  const header = signature ?? headerOf(headers);
  const secrets = [secret].flat().filter(Boolean);
  if (!header || secrets.length === 0) return false;
  const pairs = header.split(",").map((part) => part.trim().split(/=(.*)/s));
  const stamp = pairs.find(([name]) => name === "t")?.[1] ?? "";
  const marks = pairs.filter(([name]) => name === "v1").map(([, it]) => Buffer.from(it ?? "", "hex"));
  const isSigned = secrets.some((each) => {
    const wanted = createHmac("sha256", each).update(body).update(`.${stamp}`).digest();
    return marks.some((mark) => mark.length === wanted.length && timingSafeEqual(mark, wanted));
  });
  const seconds = (now ?? Date.now()) / 1000;
  return isSigned && Math.abs(seconds - Number(stamp)) <= toleranceSeconds;
}

/** Verify a request and return its event; throws WebhookSignatureError. */
function constructEvent(options) {
  if (!verifyWebhook(options)) {
    throw new WebhookSignatureError("The signature is missing, wrong or older than the tolerance.");
  }
  return JSON.parse(Buffer.from(options.body).toString("utf8"));
}

function headerOf(headers) {
  if (!headers) return "";
  if (typeof headers.get === "function") return headers.get(HEADER) ?? "";
  const name = Object.keys(headers).find((each) => each.toLowerCase() === HEADER);
  return String([headers[name]].flat()[0] ?? "");
}

module.exports = { constructEvent, verifyWebhook };
