export declare const VERSION: string;
export declare const PROTOCOL: string;

/** The reply of `POST /v1/webrtc/token`. */
export interface Grant {
  token: string;
  endpoint: string;
  protocol?: string;
  clientName?: string;
  sipProfile?: string;
  phoneNumber?: string;
  turnServer?: { iceServers: RTCIceServer[] };
  expiresIn?: number;
}

export interface PhoneOptions {
  /** Fetches a new grant from your server; asked again whenever the phone reconnects. */
  getToken?: () => Promise<Grant>;
  token?: string | Grant;
  endpoint?: string;
  iceServers?: RTCIceServer[];
  /** What `message` of an error is written in: English unless "sw". */
  language?: "en" | "sw";
  /** Ringing tones; on unless false. */
  tones?: boolean;
}

export interface AnswerOptions {
  /** Ask for the microphone (true), go on without it ("optional"), or listen only (false). */
  microphone?: boolean | "optional";
}

export type PhoneState = "offline" | "connecting" | "online";
export type CallState = "connecting" | "ringing" | "answered" | "ended";
export type EndReason =
  | "hangup" | "busy" | "no_answer" | "rejected" | "canceled" | "not_found" | "failed" | "refused"
  | "answered_elsewhere" | "media_lost" | "disconnected";

export declare class PhoneError extends Error {
  code: string;
}

interface PhoneEvents {
  state: (state: PhoneState) => void;
  incoming: (call: Call) => void;
  calls: (calls: Call[]) => void;
  error: (problem: PhoneError) => void;
  retry: (problem: PhoneError) => void;
  /** What the server sent beside the messages of calls. */
  message: (message: unknown) => void;
}

interface CallEvents {
  state: (state: CallState) => void;
  connecting: (call: Call) => void;
  ringing: (call: Call) => void;
  answered: (call: Call) => void;
  ended: (call: Call) => void;
  digit: (key: string) => void;
  /** A supervisor listens, whispers or barges in; "" when none is there any more. */
  supervised: (mode: "listen" | "whisper" | "barge" | "") => void;
  mute: (isMuted: boolean) => void;
  stream: (stream: MediaStream) => void;
  warning: (problem: PhoneError) => void;
}

declare class Emitter<Events> {
  on<Name extends keyof Events>(name: Name, listener: Events[Name]): () => void;
  once<Name extends keyof Events>(name: Name, listener: Events[Name]): () => void;
  off<Name extends keyof Events>(name: Name, listener: Events[Name]): void;
}

export declare class Phone extends Emitter<PhoneEvents> {
  constructor(options: PhoneOptions | (() => Promise<Grant>));
  readonly state: PhoneState;
  readonly client: string;
  readonly phoneNumber: string;
  readonly calls: Call[];
  connect(): Promise<void>;
  disconnect(): void;
  call(destination: string, options?: string | ({ from?: string } & AnswerOptions)): Call;
}

export declare class Call extends Emitter<CallEvents> {
  readonly id: string;
  /** The call's id in the API, once it is placed; null for incoming calls. */
  readonly callId: string | null;
  readonly direction: "inbound" | "outbound";
  readonly from: string;
  readonly to: string;
  readonly peer: string;
  readonly state: CallState;
  readonly reason: EndReason | "";
  readonly error: PhoneError | null;
  readonly answeredAt: Date | null;
  readonly isMuted: boolean;
  /** How a supervisor hears this call, or "". */
  readonly supervision: "listen" | "whisper" | "barge" | "";
  readonly hasMicrophone: boolean;
  readonly remoteStream: MediaStream;
  /** Play the other side again after the browser kept the page silent (warning `autoplay`). */
  play(): Promise<void> | undefined;
  answer(options?: AnswerOptions): Promise<void>;
  reject(): void;
  hangup(): void;
  mute(isMuted?: boolean): Promise<void>;
  unmute(): Promise<void>;
  sendDigits(digits: string): void;
}

export declare function connect(options: PhoneOptions | (() => Promise<Grant>)): Promise<Phone>;
