import type { Event, Resources, VoiceAction, VoiceDocument } from "./api";

export type * from "./api";

export interface ClientOptions {
  /** Left out: SAUTIKIT_API_KEY. */
  apiKey?: string;
  /** Left out: SAUTIKIT_API_BASE, then https://api.sautikit.com. */
  baseUrl?: string;
  /** Left out: the one of Node.js. */
  fetch?: typeof globalThis.fetch;
  /** For one attempt; 30,000 when left out. */
  timeoutMs?: number;
  /** After 429, 503 and a connection that could not be made; 2 when left out. */
  maxRetries?: number;
}

export interface RequestOptions {
  /** Made for you when left out, and kept over retries. */
  idempotencyKey?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  timeoutMs?: number;
  maxRetries?: number;
}

/** One page when awaited, every row of every page when walked with `for await`. */
export interface Page<Reply, Row> extends Promise<Reply>, AsyncIterable<Row> {}

export interface Reply {
  status: number;
  headers: Headers;
  body: unknown;
}

/** One message of a stream: its name, its number in the log if it has one, its JSON. */
export interface Message {
  name: string;
  number: string;
  data: Record<string, unknown>;
}

export interface SautikitClient extends Resources {}
export class SautikitClient {
  constructor(options?: ClientOptions);
  request(
    method: string,
    path: string,
    options?: RequestOptions & { query?: Record<string, unknown>; body?: unknown },
  ): Promise<Reply>;
  /** What happens in a call as it happens, until it is over; the address is in the reply of `calls.create`. */
  stream(streamUrl: string, options?: { lastEventId?: string; signal?: AbortSignal }): AsyncGenerator<Message>;
}
export default SautikitClient;

export class SautikitError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly requestId?: string;
  readonly docUrl?: string;
  readonly fields: Array<{ path: string; message: string }>;
  readonly retryAfterSeconds?: number;
  readonly body: unknown;
}
export class SautikitConnectionError extends SautikitError {
  readonly code: "timeout" | "aborted" | "connection_failed";
}
export class WebhookSignatureError extends Error {}

export interface Signed {
  /** The raw bytes, before any parser has touched them. */
  body: string | Uint8Array;
  /** The header X-Sautikit-Signature. */
  signature?: string;
  /** Or all headers of the request. */
  headers?: Headers | Record<string, string | string[] | undefined>;
  /** One secret, or several while one is being rotated. */
  secret: string | string[];
  toleranceSeconds?: number;
  /** Milliseconds, for tests. */
  now?: number;
}
export function verifyWebhook(options: Signed): boolean;
export function constructEvent(options: Signed): Event;

type Attributes<Verb extends string> =
  Extract<VoiceAction, Record<Verb, unknown>> extends Record<Verb, infer Given> ? Given : never;
type Verb = VoiceAction extends infer Each ? (Each extends unknown ? keyof Each & string : never) : never;
type Build<Name extends Verb, Result> = {
  (attributes?: Attributes<Name>): Result;
  (bare: string | number, more?: Partial<Attributes<Name>>): Result;
};

export const sauti: { readonly [Name in Verb]: Build<Name, Extract<VoiceAction, Record<Name, unknown>>> };
export type VoiceBuilder = { readonly [Name in Verb]: Build<Name, VoiceBuilder> } & {
  readonly actions: VoiceAction[];
  toJSON(): VoiceDocument;
  toString(): string;
};
export const VoiceBuilder: new () => VoiceBuilder;
export function voice(): VoiceBuilder;
export function voiceResponse(
  ...actions: Array<VoiceAction | VoiceBuilder | Array<VoiceAction | VoiceBuilder>>
): VoiceDocument;
