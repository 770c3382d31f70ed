"use strict";

/** A refusal of the API: `code` is stable, `message` is for people, `requestId` is for support. */
class SautikitError extends Error {
  constructor({ status, code, message, requestId, docUrl, fields, retryAfterSeconds, body }) {
    super(message);
    this.name = "SautikitError";
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.docUrl = docUrl;
    this.fields = fields ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
    this.body = body;
  }

  /** Read either shape of a refusal: the envelope, or a bare `{code, reason}`. */
  static fromReply(status, headers, text) {
    const body = parse(text);
    const told = body?.error && typeof body.error === "object" ? body.error : body;
    const seconds = headers.get("retry-after");
    return new SautikitError({
      status,
      code: typeof told?.code === "string" ? told.code : `http_${status}`,
      message: told?.message ?? told?.reason ?? `The API answered ${status}.`,
      requestId: told?.request_id ?? headers.get("x-request-id") ?? undefined,
      docUrl: told?.doc_url,
      fields: told?.fields,
      retryAfterSeconds: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined,
      body: body ?? text,
    });
  }
}

/** No answer came: `code` is `timeout`, `aborted` or `connection_failed`; `cause` says why. */
class SautikitConnectionError extends SautikitError {
  constructor(code, message, cause) {
    super({ status: 0, code, message });
    this.name = "SautikitConnectionError";
    this.cause = cause;
  }
}

/** A webhook that we did not send, or not lately. */
class WebhookSignatureError extends Error {
  constructor(message) {
    super(message);
    this.name = "WebhookSignatureError";
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { SautikitConnectionError, SautikitError, WebhookSignatureError };
