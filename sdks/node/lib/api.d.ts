// Made by `manage.py generate` from the API description. Do not edit.

import type { Page, RequestOptions } from "./index";

export interface AlertSubscriber {
  id: string;
  email: string;
  /** `pending` until the address has agreed by the link in its mail; only then it is told. */
  status: "confirmed" | "pending";
  created_at: string;
  confirmed_at: string | null;
}

export interface AlertSubscriberPage {
  data: Array<AlertSubscriber>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface ApiKey {
  id: string;
  label: string;
  /** The first characters, to tell keys apart. */
  prefix: string;
  mode: "live" | "test";
  scopes: Array<string> | null;
  /** Whether its calls begin from 07:00 to 19:00 in Nairobi only. */
  marketing: boolean;
  status: "active" | "expired" | "revoked";
  created_by: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
}

export interface ApiKeyPage {
  data: Array<ApiKey>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface Attempt {
  number: number;
  response_status: number | null;
  error: string | null;
  duration_ms: number | null;
  /** Milliseconds by step: `dns_ms`, `connect_ms`, `tls_ms`, `first_byte_ms`; a step that was not taken is absent, as on a kept connection. */
  timings: Record<string, unknown>;
  /** The address that was connected to. */
  address: string | null;
  request_headers: Record<string, unknown> | null;
  response_headers: Record<string, unknown> | null;
  response_body: string;
  created_at: string;
}

export interface AudioUpload {
  /** What `play` plays; it needs no key. */
  url: string;
  size_bytes: number;
  mime_type: "audio/flac" | "audio/mpeg" | "audio/ogg" | "audio/wav";
  /** When the address ends and the file is deleted. */
  expires_at: string;
}

export interface AuditEntry {
  id: string;
  action_kind: string;
  /** Who did it: `user:`, `key:` or `operator:` and an id, or a job. */
  actor: string;
  /** What it was done to. */
  subject: string;
  /** What was changed, as it was. */
  before: Record<string, unknown> | null;
  /** What was changed, as it is now. */
  after: Record<string, unknown> | null;
  reason: string;
  created_at: string;
}

export interface AuditEntryPage {
  data: Array<AuditEntry>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface AvailableNumbers {
  available: Array<InventoryNumber>;
  /** Send it as `cursor` to get the next page. */
  next_cursor: string | null;
}

export interface Balance {
  workspace_id: string;
  /** Settled money, in minor units: 100 is KES 1.00. */
  balance_minor: number;
  /** What running calls have reserved. */
  held_minor: number;
  /** What may be spent now: `balance_minor - held_minor`. */
  available_minor: number;
  currency: string;
  /** `wallet.low_balance` is sent when the balance falls below it; 0 is never. */
  low_balance_threshold_minor: number;
}

export interface Call {
  id: string;
  workspace_id: string;
  /** Accepted wherever a call id is. */
  session_id: string | null;
  mode: "live" | "test";
  direction: "inbound" | "outbound";
  /** `supervision` is a supervisor's own call. */
  purpose: "conversation" | "supervision";
  /** Your number. */
  local_e164: string;
  /** The far end; `anonymous` when a caller hides it. */
  remote_e164: string;
  country: string | null;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  /** Whole seconds of talk, rounded up. */
  duration_seconds: number | null;
  status: "answered" | "busy" | "canceled" | "completed" | "failed" | "no_answer" | "ringing";
  /** What the call cost, VAT included, once it is over. */
  cost_minor: number | null;
  cost_currency: string | null;
  /** Minor units: 100 is KES 1.00. */
  rate_per_minute_minor: number | null;
  billing: CallBilling | null;
  /** The call that a `dial` action made this one for. */
  parent_call_id: string | null;
  failure_code: string | null;
  hangup_cause: string | null;
  client_request_id: string | null;
  metadata: Record<string, unknown> | null;
  created_at: string;
  updated_at: string;
  /** The time line, oldest first. */
  events: Array<CallEvent>;
}

export interface CallBilling {
  rate_id: string | null;
  /** Direction, prefix and version of the price it kept. */
  rate_version: string | null;
  /** Minor units: 100 is KES 1.00. */
  rate_minor_per_minute: number;
  /** Milliseconds since 1970, UTC. */
  answered_at_ms: number | null;
  /** Milliseconds since 1970, UTC. */
  ended_at_ms: number | null;
  /** Talk time as the media engine measured it. */
  connected_ms: number | null;
  /** The second to which money was held. */
  paid_until_seconds: number;
  /** `min(ceil(connected_ms / 1000), paid_until_seconds)` */
  billed_seconds: number | null;
  /** How the cost follows from the fields above. */
  formula: string;
}

export interface CallEvent {
  id: string;
  call_id: string;
  /** Its place in the call, without gaps. */
  number: number;
  kind: string;
  payload: Record<string, unknown>;
  occurred_at: string;
  created_at: string;
}

export interface CallEventPage {
  data: Array<CallEvent>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface CallPage {
  data: Array<Call>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface CallReply {
  call: Call;
  id: string;
  /** Accepted wherever a call id is. */
  session_id: string | null;
  status: "answered" | "busy" | "canceled" | "completed" | "failed" | "no_answer" | "ringing";
  /** Whole seconds of talk, rounded up. */
  duration_seconds: number | null;
  /** What the call cost, VAT included, once it is over. */
  cost_minor: number | null;
  /** The same as `duration_seconds`. */
  duration: number | null;
}

export interface CallStatistics {
  total: number;
  completed: number;
  /** Failed, not answered, busy or canceled. */
  failed: number;
  minutes_total: number;
  /** Minor units: 100 is KES 1.00. */
  spend_minor: number;
  currency: string;
  /** Oldest first, without gaps; only when `bucket` is sent. */
  series?: Array<CallsBucket>;
}

export interface CallsBucket {
  start: string;
  total: number;
  inbound: number;
  outbound: number;
  completed: number;
  missed: number;
  failed: number;
  /** Minor units: 100 is KES 1.00. */
  spend_minor: number;
}

export interface Charge {
  /** Minor units: 100 is KES 1.00. */
  net_minor: number;
  /** Minor units: 100 is KES 1.00. */
  vat_minor: number;
  /** Minor units: 100 is KES 1.00. */
  balance_after_minor: number;
}

export interface ClaimedNumber {
  id: string;
  inventory_id: string;
  e164: string;
  status: "active" | "released" | "suspended";
  mode: "live" | "test";
  country: string;
  /** The same as `country`, for older clients. */
  country_iso2: string;
  capabilities: Array<string>;
  /** A month's rental before VAT: 10000 is KES 100. */
  monthly_price_minor: number;
  /** A minute of being called. */
  inbound_per_min_minor: number;
  /** A minute of calling, billed by the second. */
  outbound_per_min_minor: number;
  currency: string;
  /** The same as `monthly_price_minor`. */
  monthly_retail_minor: number;
  voice_callback_url: string | null;
  voice_fallback_url: string | null;
  events_url: string | null;
  /** The browser client that rings without a voice URL. */
  ring_client: string | null;
  /** Who is called without a voice URL, with commas. */
  forward_to: string | null;
  /** What callers hear who reach nobody: a text, or the address of a sound file; null is none. */
  voicemail_greeting: string | null;
  /** Who gets a mail for each message; null: the owners. */
  voicemail_email: string | null;
  has_voice_signing_secret: boolean;
  claimed_at: string;
  created_at: string;
  released_at: string | null;
  charge: Charge;
}

export interface Conference {
  conference_id: string;
  name: string;
  mode: "live" | "test";
  status: "ended" | "in_progress" | "waiting";
  max_participants: number;
  /** Who has a place now. */
  participant_count: number;
  /** Who is there; of a room that has ended, who was. */
  participants: Array<ConferenceParticipant>;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
}

export interface ConferenceCommanded {
  conference_id: string;
  name: string;
  command: "end" | "hold" | "kick" | "mute" | "play" | "say" | "unhold" | "unmute";
  status: "accepted";
  /** Whom it concerns. */
  participants: Array<string>;
}

export interface ConferencePage {
  data: Array<Conference>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface ConferenceParticipant {
  participant_id: string;
  call_id: string;
  session_id: string;
  /** The far end's number. */
  caller: string;
  /** queued: no place yet; waiting: the room has not started; joined; left. */
  status: "joined" | "left" | "queued" | "waiting";
  muted: boolean;
  held: boolean;
  start_on_enter: boolean;
  end_on_exit: boolean;
  joined_at: string;
  left_at: string | null;
}

export interface Delivery {
  id: string;
  event_id: string;
  /** The name, such as `call.completed`. */
  event: string;
  sequence: number | null;
  status: "dead_letter" | "delivered" | "pending" | "retrying";
  attempts: number;
  last_error: string | null;
  next_attempt_at: string | null;
  delivered_at: string | null;
  created_at: string;
}

export interface DeliveryPage {
  data: Array<Delivery>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface DeliveryWithAttempts {
  id: string;
  event_id: string;
  /** The name, such as `call.completed`. */
  event: string;
  sequence: number | null;
  status: "dead_letter" | "delivered" | "pending" | "retrying";
  attempts: number;
  last_error: string | null;
  next_attempt_at: string | null;
  delivered_at: string | null;
  created_at: string;
  tries: Array<Attempt>;
}

export interface DoNotCallAdded {
  /** New on the list. */
  added: number;
  /** On it already. */
  known: number;
}

export interface DoNotCallNumber {
  id: string;
  e164: string;
  reason: string;
  created_at: string;
}

export interface DoNotCallNumberPage {
  data: Array<DoNotCallNumber>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface Event {
  /** The name, such as `call.completed`. */
  event: string;
  /** The same as `event`. */
  kind: string;
  event_id: string;
  workspace_id: string;
  mode: "live" | "test";
  /** Gap-free in a workspace and mode. */
  sequence: number;
  /** Its place among the events of its call. */
  call_sequence?: number;
  occurred_at: string;
  data: Record<string, unknown>;
}

export interface EventPage {
  data: Array<Event>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface HungUpCall {
  call_id: string;
  status: "hung_up";
}

export interface IceServer {
  urls: Array<string>;
  username?: string;
  credential?: string;
}

export interface InventoryNumber {
  id: string;
  /** Send it to claim the number; the same as `id`. */
  inventory_id: string;
  e164: string;
  country: string;
  capabilities: Array<string>;
  /** A month's rental before VAT: 10000 is KES 100. */
  monthly_price_minor: number;
  /** A minute of being called. */
  inbound_per_min_minor: number;
  /** A minute of calling, billed by the second. */
  outbound_per_min_minor: number;
  currency: string;
  quote: Quote;
}

export interface Invitation {
  id: string;
  email: string;
  role: "admin" | "member" | "owner" | "viewer";
  status: "accepted" | "expired" | "pending" | "revoked";
  invited_by: string | null;
  created_at: string;
  sent_at: string;
  /** 7 days after the last mail. */
  expires_at: string;
}

export interface InvitationPage {
  data: Array<Invitation>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface KeyLimits {
  api_key_id: string;
  label: string;
  /** The most that calls may cost in a Nairobi day. */
  day_minor: number | null;
  /** The most that one call may cost; it ends at that second. */
  call_minor: number | null;
  /** The highest price per minute that may be called. */
  minute_minor: number | null;
  /** What today's calls cost so far or hold; null without limits. */
  committed_minor: number | null;
}

export interface Limits {
  /** The most that calls may cost in a Nairobi day. */
  day_minor: number | null;
  /** The most that one call may cost; it ends at that second. */
  call_minor: number | null;
  /** The highest price per minute that may be called. */
  minute_minor: number | null;
  /** What today's calls cost so far or hold; null without limits. */
  committed_minor: number | null;
  currency: string;
  /** The limits of single API keys. */
  keys: Array<KeyLimits>;
  /** The prefixes that may be called. */
  destinations: Array<string>;
  /** True while operators have stopped all calls. */
  is_stopped: boolean;
}

export interface Member {
  id: string;
  user: Person;
  role: "admin" | "member" | "owner" | "viewer";
  created_at: string;
}

export interface MemberPage {
  data: Array<Member>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface NewApiKey {
  id: string;
  label: string;
  /** The first characters, to tell keys apart. */
  prefix: string;
  mode: "live" | "test";
  scopes: Array<string> | null;
  /** Whether its calls begin from 07:00 to 19:00 in Nairobi only. */
  marketing: boolean;
  status: "active" | "expired" | "revoked";
  created_by: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  /** Shown once: a replay of the same Idempotency-Key has null here. */
  secret: string | null;
}

export interface NewSipCredential {
  id: string;
  label: string;
  /** What the phone registers as; also its name in `dial.sip`. */
  username: string;
  realm: string;
  /** What `dial.sip` calls. */
  sip_uri: string;
  /** Host and port of the registrar. */
  server: string;
  transport: "udp";
  /** Where browser phones connect (`POST /v1/webrtc/token`). */
  ws_url: string;
  /** Whether a phone is there now. */
  registered: boolean;
  registered_until: string | null;
  /** What the phone calls itself. */
  user_agent: string | null;
  created_at: string;
  rotated_at: string | null;
  /** Shown this once. */
  password: string;
}

export interface Person {
  id: string;
  email: string;
  name: string;
}

export interface PlacedCall {
  call_id: string;
  /** Accepted wherever a call id is. */
  pbx_session_id: string;
  /** The same as `pbx_session_id`. */
  session_id: string;
  status: "answered" | "busy" | "canceled" | "completed" | "failed" | "no_answer" | "ringing";
  /** Server-Sent Events of this call; needs no key. */
  stream_url: string;
  /** What you sent, only when you sent it. */
  client_request_id?: string;
}

export interface Pricing {
  currency: string;
  /** A month's rental before VAT. */
  number_monthly_kes: number | null;
  /** Minor units: 100 is KES 1.00. */
  number_monthly_minor: number | null;
  /** Minor units: 100 is KES 1.00. */
  number_monthly_with_vat_minor: number | null;
  /** VAT included, billed by the second. */
  outbound_per_min_kes: number | null;
  /** Minor units: 100 is KES 1.00. */
  outbound_per_min_minor: number | null;
  /** Whole shillings and their fraction. */
  inbound_per_min_kes: number | null;
  /** Minor units: 100 is KES 1.00. */
  inbound_per_min_minor: number | null;
  recording_free_gb: number;
  rates: Array<Rate>;
  updated_at: string | null;
}

export interface Quote {
  /** Minor units: 100 is KES 1.00. */
  net_minor: number;
  /** Minor units: 100 is KES 1.00. */
  vat_minor: number;
  days_left: number;
  days_in_month: number;
}

export interface Rate {
  direction: "inbound" | "outbound" | "supervision";
  /** The prefix it holds for. */
  destination: string;
  /** Whole shillings and their fraction. */
  per_minute: number;
  /** Minor units: 100 is KES 1.00. */
  per_minute_minor: number;
}

export interface Recording {
  id: string;
  call_id: string;
  status: "deleted" | "expired" | "lost" | "pending" | "ready";
  /** The verb that made it. */
  source: "conference" | "dial" | "record" | "voicemail";
  /** 2 when each side of a bridge has its own channel. */
  channels: number;
  duration_seconds: number | null;
  size_bytes: number | null;
  /** silence, key, max, hangup, stopped, or lost. */
  end_reason: string | null;
  /** Null unless the record action asked for it. */
  transcript: Transcript | null;
  created_at: string;
  ready_at: string | null;
  /** When it will be deleted. */
  expires_at: string | null;
}

export interface RecordingPage {
  data: Array<Recording>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface RecordingPending {
  status: "pending";
  retry_after_seconds: number;
}

export interface Refund {
  /** Minor units: 100 is KES 1.00. */
  net_minor: number;
  /** Minor units: 100 is KES 1.00. */
  vat_minor: number;
  /** Minor units: 100 is KES 1.00. */
  balance_after_minor: number;
}

export interface Rehearsal {
  /** completed; not_answered: refused or never answered; needs_document: `needs` says for which address; waiting: `waiting_for` says for what; too_long: it has no end. */
  outcome: "completed" | "needs_document" | "not_answered" | "too_long" | "waiting";
  /** document or caller. */
  ended_by: string | null;
  failure_code: string | null;
  lasts_seconds: number;
  /** Seconds that are paid for. */
  connected_seconds: number;
  steps: Array<RehearsalStep>;
  needs: RehearsalQuestion | null;
  waiting_for: RehearsalWait | null;
  /** Inputs at the end of the list that nothing waited for. */
  unused_inputs: number;
  documents: Array<RehearsedDocument>;
  /** Null unless `to` was given. */
  cost: RehearsalCost | null;
}

export interface RehearsalCharge {
  direction: "inbound" | "outbound";
  e164: string;
  seconds: number;
  /** Minor units: 100 is KES 1.00. */
  rate_per_minute_minor: number | null;
  /** Minor units: 100 is KES 1.00. */
  cost_minor: number;
  /** The error code, where no such call can be made. */
  refused: string | null;
}

export interface RehearsalCost {
  /** VAT included, rounded up once for each call. */
  cost_minor: number;
  /** Minor units: 100 is KES 1.00. */
  vat_minor: number;
  currency: string;
  /** The call itself, and each one that was dialled for it. */
  lines: Array<RehearsalCharge>;
}

export interface RehearsalQuestion {
  url: string;
  method: "GET" | "POST";
  /** start, digits, recording, dial, redirect or fallback. */
  purpose: string;
  /** What is posted beside the fields that every callback has. */
  fields: Record<string, string>;
}

export interface RehearsalStep {
  /** Seconds since the call began; estimated. */
  at_seconds: number;
  /** How long the caller hears it; estimated. */
  lasts_seconds: number;
  /** As on the time line of a real call, like `voice.say`. */
  kind: string;
  /** The step as a sentence. */
  says: string;
  /** What a real call would note. */
  facts: Record<string, unknown>;
}

export interface RehearsalWait {
  /** The kind of input that goes on: digits, recorded, dialled or left. */
  kind: string;
  facts: Record<string, unknown>;
}

export interface RehearsedDocument {
  url: string;
  valid: boolean;
  errors: Array<VoiceFault>;
  warnings: Array<VoiceWarning>;
}

export interface RehearsedInput {
  /** * `digits` - digits * `silence` - silence * `recorded` - recorded * `dialled` - dialled * `left` - left * `hangup` - hangup */
  kind: "digits" | "silence" | "recorded" | "dialled" | "left" | "hangup";
  /** The keys. */
  digits?: string;
  /** * `answered` - answered * `busy` - busy * `no-answer` - no-answer * `failed` - failed */
  status?: "answered" | "busy" | "no-answer" | "failed";
  /** How long was spoken, talked or stayed. */
  seconds?: number;
}

export interface ReleasedNumber {
  id: string;
  e164: string;
  status: "released";
  released_at: string;
  refund: Refund;
}

export interface ReplacedActions {
  call_id: string;
  session_id: string;
  status: "accepted";
  /** How many actions run from now on. */
  actions: number;
}

export interface Replay {
  id: string;
  webhook_id: string;
  from: string;
  to: string;
  created_at: string;
}

export interface Seat {
  workspace_id: string;
  role: "admin" | "member" | "owner" | "viewer";
}

export interface SigningSecret {
  /** Shown once: a replay of the same Idempotency-Key has null here. */
  signing_secret: string | null;
}

export interface SipCredential {
  id: string;
  label: string;
  /** What the phone registers as; also its name in `dial.sip`. */
  username: string;
  realm: string;
  /** What `dial.sip` calls. */
  sip_uri: string;
  /** Host and port of the registrar. */
  server: string;
  transport: "udp";
  /** Where browser phones connect (`POST /v1/webrtc/token`). */
  ws_url: string;
  /** Whether a phone is there now. */
  registered: boolean;
  registered_until: string | null;
  /** What the phone calls itself. */
  user_agent: string | null;
  created_at: string;
  rotated_at: string | null;
}

export interface SipCredentialPage {
  data: Array<SipCredential>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface SoundHosts {
  /** Names, or `*.` and a name: every host below it. */
  hosts: Array<string>;
}

export interface StatementRow {
  id: string;
  kind: "adjustment" | "call" | "rental" | "rental_refund" | "reversal" | "storage" | "supervision" | "topup" | "trial";
  direction: "credit" | "debit";
  /** Always positive; `direction` is its sign. */
  amount_minor: number;
  /** Minor units: 100 is KES 1.00. */
  net_minor: number;
  /** Minor units: 100 is KES 1.00. */
  vat_minor: number;
  /** Minor units: 100 is KES 1.00. */
  balance_after_minor: number;
  currency: string;
  call_id: string | null;
  number_id: string | null;
  topup_id: string | null;
  description: string;
  /** What a call's charge was computed from: rate version, milliseconds, billed seconds, formula. */
  basis: Record<string, unknown> | null;
  created_at: string;
}

export interface StatementRowPage {
  data: Array<StatementRow>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface StorageOffer {
  tier_gb: 5 | 10 | 25 | 50 | 100 | 250;
  /** How long a recording is kept. */
  retention_days: number;
  /** A month without VAT. */
  monthly_price_minor: number;
  /** The VAT on it. */
  monthly_vat_minor: number;
  /** What moving there debits now, without VAT; down is 0. */
  switch_net_minor: number;
  /** The VAT on it. */
  switch_vat_minor: number;
}

export interface StorageTier {
  /** 1 GB is 1,000,000,000 bytes; 5 GB are free. */
  tier_gb: 5 | 10 | 25 | 50 | 100 | 250;
  /** What the stored recordings of this mode weigh. */
  used_bytes: number;
  limit_bytes: number;
  /** How long a recording is kept. */
  retention_days: number;
  /** A month without VAT. */
  monthly_price_minor: number;
  /** The VAT on it. */
  monthly_vat_minor: number;
  currency: string;
  /** Since when; null while nobody chose a tier. */
  effective_at: string | null;
  /** The wallet could not pay the month since then. */
  unpaid_since: string | null;
  /** More is kept than the tier holds since then; 7 days later the oldest go. */
  over_since: string | null;
  tiers: Array<StorageOffer>;
}

export interface Supervision {
  supervision_id: string;
  call_id: string;
  session_id: string;
  supervisor_leg_id: string;
  /** The supervisor's own call, which is billed apart. */
  supervisor_call_id: string;
  mode: "barge" | "listen" | "whisper";
  /** Who is told that somebody listens. */
  announce: "agent" | "both" | "none";
  supervisor: Supervisor;
  notify_agent: boolean;
  state: "connected" | "connecting" | "ended" | "failed" | "ringing";
  connected_at: string | null;
  ended_at: string | null;
  created_at: string;
}

export interface SupervisionReply {
  supervision: Supervision | null;
}

export interface Supervisor {
  type: "client" | "phone" | "sip";
  identity: string | null;
  number: string | null;
  label: string | null;
}

export interface SupervisorBody {
  /** * `phone` - phone * `client` - client * `sip` - sip */
  type: "phone" | "client" | "sip";
  identity?: string;
  number?: string;
}

export interface TenantNumber {
  id: string;
  inventory_id: string;
  e164: string;
  status: "active" | "released" | "suspended";
  mode: "live" | "test";
  country: string;
  /** The same as `country`, for older clients. */
  country_iso2: string;
  capabilities: Array<string>;
  /** A month's rental before VAT: 10000 is KES 100. */
  monthly_price_minor: number;
  /** A minute of being called. */
  inbound_per_min_minor: number;
  /** A minute of calling, billed by the second. */
  outbound_per_min_minor: number;
  currency: string;
  /** The same as `monthly_price_minor`. */
  monthly_retail_minor: number;
  voice_callback_url: string | null;
  voice_fallback_url: string | null;
  events_url: string | null;
  /** The browser client that rings without a voice URL. */
  ring_client: string | null;
  /** Who is called without a voice URL, with commas. */
  forward_to: string | null;
  /** What callers hear who reach nobody: a text, or the address of a sound file; null is none. */
  voicemail_greeting: string | null;
  /** Who gets a mail for each message; null: the owners. */
  voicemail_email: string | null;
  has_voice_signing_secret: boolean;
  claimed_at: string;
  created_at: string;
  released_at: string | null;
}

export interface TenantNumbers {
  numbers: Array<TenantNumber>;
}

export interface TestSent {
  event_id: string;
}

export interface TopUp {
  topup_id: string;
  status: "confirmed" | "failed" | "pending";
  provider: "mpesa";
  /** Minor units: 100 is KES 1.00. */
  amount_minor: number;
  currency: string;
  phone_e164: string;
  /** The account number to type when paying by Paybill. */
  mpesa_account_ref: string;
  /** The business number to type when paying by Paybill. */
  mpesa_paybill: string;
  failure_reason: string | null;
  /** The M-Pesa receipt, once the money is here. */
  provider_reference: string | null;
  retry_after_s: number | null;
  created_at: string;
  confirmed_at: string | null;
  expires_at: string | null;
}

export interface Transcript {
  status: "completed" | "failed" | "pending";
  text: string | null;
  /** How sure the recogniser is, where it says so. */
  confidence_percent: number | null;
  recogniser: string | null;
  /** Why nobody could understand it. */
  reason: string | null;
}

export interface TurnServer {
  iceServers: Array<IceServer>;
}

export interface VoiceFault {
  /** A JSON path, or the line, column and element of XML. */
  where: string;
  /** What is wrong there. */
  message: string;
  /** What to write instead. */
  mend: string;
}

export interface VoiceVerdict {
  /** Whether a call would run the document. */
  valid: boolean;
  /** Every action that cannot be read. */
  errors: Array<VoiceFault>;
  warnings: Array<VoiceWarning>;
  /** The whole document as it was probably meant; it has no finding left. */
  mended?: string;
}

export interface VoiceWarning {
  /** A JSON path, or the line, column and element of XML. */
  where: string;
  /** What was skipped, or never runs. */
  message: string;
}

export interface WebhookEndpoint {
  id: string;
  url: string;
  /** Names, families such as `call.*`, or `*`. */
  events: Array<string>;
  description: string;
  /** One delivery at a time, the events of a call in their order. */
  ordered: boolean;
  status: "active" | "disabled" | "paused";
  /** Since when nothing arrived; null while it works. */
  failing_since: string | null;
  mode: "live" | "test";
  created_at: string;
}

export interface WebhookEndpointPage {
  data: Array<WebhookEndpoint>;
  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor: string | null;
}

export interface WebhookEndpointWithSecret {
  id: string;
  url: string;
  /** Names, families such as `call.*`, or `*`. */
  events: Array<string>;
  description: string;
  /** One delivery at a time, the events of a call in their order. */
  ordered: boolean;
  status: "active" | "disabled" | "paused";
  /** Since when nothing arrived; null while it works. */
  failing_since: string | null;
  mode: "live" | "test";
  created_at: string;
  /** Shown once: a replay has null here. */
  secret: string | null;
}

export interface WebrtcToken {
  /** A JSON Web Token; show it when the WebSocket opens. */
  token: string;
  /** Where the browser connects. */
  endpoint: string;
  /** The WebSocket sub-protocol to ask for. */
  protocol: string;
  /** Who the browser is: what `dial` calls. */
  clientName: string;
  /** The SIP address of this client, for `dial.sip`. */
  sipProfile: string;
  /** The number it calls as unless it names another of yours. */
  phoneNumber: string;
  turnServer: TurnServer;
  /** Seconds in which the browser may connect with it. */
  expiresIn: number;
}

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  country: string;
  /** Locked after creation. */
  currency: string;
  /** The account number for paying by Paybill. */
  mpesa_account_ref: string;
  status: "active" | "closed" | "suspended";
  created_at: string;
}

export interface AcceptInvitationInputParams {
  token: string;
}

export interface ApiKeysInputParams {
  label?: string;
  name?: string;
  scopes?: Array<string>;
  expiresAt?: string | null;
  /** * `live` - live * `test` - test */
  mode?: "live" | "test";
  /** Calls of this key begin from 07:00 to 19:00 in Nairobi only. */
  marketing?: boolean;
}

export interface CapsBodyParams {
  dayMinor?: number | null;
  callMinor?: number | null;
  minuteMinor?: number | null;
}

export interface ClaimInputParams {
  inventoryId?: string;
  e164?: string;
  voiceCallbackUrl?: string | null;
  eventsUrl?: string | null;
  voiceFallbackUrl?: string | null;
}

export interface CommandBodyParams {
  /** * `mute` - mute * `unmute` - unmute * `kick` - kick * `hold` - hold * `unhold` - unhold * `play` - play * `say` - say * `end` - end */
  command: "mute" | "unmute" | "kick" | "hold" | "unhold" | "play" | "say" | "end";
  participant?: string;
  url?: string;
  text?: string;
  /** * `en-KE` - en-KE * `sw-KE` - sw-KE */
  language?: "en-KE" | "sw-KE";
  /** * `woman` - woman * `man` - man * `alice` - alice */
  voice?: "woman" | "man" | "alice";
  callbackUrl?: string;
}

export interface ConfirmSubscriberInputParams {
  token: string;
}

export interface DoNotCallListInputParams {
  numbers: Array<string>;
  reason?: string;
}

export interface EndpointChangeParams {
  url?: string;
  events?: Array<string>;
  description?: string;
  ordered?: boolean;
  paused?: boolean;
}

export interface EndpointInputParams {
  url: string;
  events?: Array<string>;
  description?: string;
  ordered?: boolean;
}

export interface InvitationsInputParams {
  email: string;
  /** * `owner` - owner * `admin` - admin * `member` - member * `viewer` - viewer */
  role?: "owner" | "admin" | "member" | "viewer";
}

export interface MemberInputParams {
  /** * `owner` - owner * `admin` - admin * `member` - member * `viewer` - viewer */
  role: "owner" | "admin" | "member" | "viewer";
}

export interface ModeBodyParams {
  /** * `listen` - listen * `whisper` - whisper * `barge` - barge */
  mode: "listen" | "whisper" | "barge";
}

export interface PlaceCallParams {
  from: string;
  /** One E.164 number or a list of up to 10; all are dialled, the first to answer wins. */
  to: string | Array<string>;
  webhookUrl?: string;
  statusUrl?: string;
  voiceCallbackUrl?: string;
  callerId?: string;
  clientRequestId?: string;
}

export interface RehearseBodyParams {
  /** A voice document: an object with `actions`, or JSON or XML as text. */
  document: Record<string, unknown> | string;
  /** What your server answers at other addresses, relative ones to `url`; null is a server that does not answer. */
  documents?: Record<string, unknown>;
  inputs?: Array<RehearsedInput>;
  /** * `inbound` - inbound * `outbound` - outbound */
  direction?: "inbound" | "outbound";
  url?: string;
  fallbackUrl?: string;
  pauses?: boolean;
  to?: string;
  from?: string;
}

export interface ReplayInputParams {
  from: string;
  to: string;
}

export interface RoutingInputParams {
  voiceCallbackUrl?: string | null;
  voiceUrl?: string | null;
  voiceFallbackUrl?: string | null;
  eventsUrl?: string | null;
  voiceSigningSecret?: string | null;
  ringClient?: string | null;
  forwardTo?: string | null;
  voicemailGreeting?: string | null;
  voicemailEmail?: string | null;
}

export interface SipCredentialsInputParams {
  label?: string;
}

export interface SoundFileParams {
  /** A WAV, MP3, Ogg (Vorbis or Opus) or FLAC file of at most 10 MiB. */
  file: Uint8Array;
}

export interface SoundHostsBodyParams {
  hosts: Array<string>;
}

export interface StorageTierInputParams {
  /** * `5` - 5 * `10` - 10 * `25` - 25 * `50` - 50 * `100` - 100 * `250` - 250 */
  tierGb: 5 | 10 | 25 | 50 | 100 | 250;
}

export interface SubscribersInputParams {
  email: string;
}

export interface SuperviseBodyParams {
  /** * `listen` - listen * `whisper` - whisper * `barge` - barge */
  mode: "listen" | "whisper" | "barge";
  supervisor: SupervisorBody;
  /** * `none` - none * `agent` - agent * `both` - both */
  announce?: "none" | "agent" | "both";
  notifyAgent?: boolean;
  label?: string;
}

export interface ThresholdInputParams {
  thresholdMinor: number;
}

export interface TokenRequestParams {
  clientName?: string;
  role?: string;
  tenantNumberId?: string | null;
  phoneNumber?: string;
}

export interface TopUpsInputParams {
  /** * `mpesa` - mpesa */
  provider?: "mpesa";
  amountMinor: number;
  currency: string;
  phoneE164: string;
}

export interface WorkspaceInputParams {
  name: string;
}

export interface SayAttributes {
  /** What is spoken. */
  text: string;
  /** Whose voice. alice and woman are the same. */
  voice?: "woman" | "alice" | "man";
  /** The language of the text: en-KE or sw-KE. */
  language?: string;
  /** How often it is spoken; 0 is once. */
  loop?: number;
}

export interface PlayAttributes {
  /** The address of the sound file. */
  url: string;
  /** How often it is played; 0 is once. */
  loop?: number;
}

export interface PauseAttributes {
  /** For how many seconds. */
  length?: number;
}

export interface GetDigitsAttributes {
  /** How many keys end the input; 0 is no limit. */
  numDigits?: number;
  /** Seconds to wait for a key after the prompts; 0 is the default of the exchange. */
  timeout?: number;
  /** The key that ends the input and is not part of it; empty is none. */
  finishOnKey?: "#" | "*" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "";
  /** Where the digits are posted; left out, to the address of this document. */
  action?: string;
  /** What is heard while waiting for the first key. */
  nested?: Array<{
    /** Speak a text to the caller. */
    say?: {
      /** What is spoken. */
      text: string;
      /** Whose voice. alice and woman are the same. */
      voice?: "woman" | "alice" | "man";
      /** The language of the text: en-KE or sw-KE. */
      language?: string;
      /** How often it is spoken; 0 is once. */
      loop?: number;
    };
    /** Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate, at most 10 MiB and an hour. It comes from an upload, from the server of the document or from a host that the workspace allows, and is kept as long as its Cache-Control and ETag allow. */
    play?: {
      /** The address of the sound file. */
      url: string;
      /** How often it is played; 0 is once. */
      loop?: number;
    };
    /** Let the caller hear silence. */
    pause?: {
      /** For how many seconds. */
      length?: number;
    };
  }>;
}

export type DialAttributes = {
  /** Whether the numbers ring one after the other instead of together. */
  sequential?: true | false | "true" | "false";
  /** The number that is shown, one of yours; left out, that of the call. */
  callerId?: string;
  /** For how many seconds they ring; 0 is the default of the exchange, 30. */
  timeout?: number;
  /** Whether both sides are recorded from the answer on, each in its own channel. */
  record?: true | false | "record-from-answer" | "do-not-record";
  /** Where the outcome is sent; left out, to the address of this document. */
  action?: string;
} & (
  | { number: string; numbers?: never; sip?: never; client?: never }
  | { numbers: Array<string>; number?: never; sip?: never; client?: never }
  | { sip: string | Array<string>; number?: never; numbers?: never; client?: never }
  | { client: string | Array<string>; number?: never; numbers?: never; sip?: never }
);

export interface ConferenceAttributes {
  /** The room; whoever of your workspace names it meets there. */
  name: string;
  /** Words of mod_conference, with | between them: mute, endconf, moderator and nomoh count, others are ignored. */
  flags?: string;
  /** How many fit into the room; 0 is the default of the exchange, 50. */
  maxParticipants?: number;
  /** Whether what everybody says is recorded while this caller is in the room. */
  record?: true | false | "record-from-start" | "do-not-record";
  /** Whether a beep says that this caller comes and goes. */
  beep?: true | false | "onEnter" | "false";
  /** Whether this caller only listens. */
  muted?: true | false | "true" | "false";
  /** Whether the room starts when this caller enters. */
  startOnEnter?: true | false | "true" | "false";
  /** Whether the room ends when this caller leaves. */
  endOnExit?: true | false | "true" | "false";
  /** A sound file that is heard again and again before the room starts; left out, a melody of ours. */
  waitUrl?: string;
  /** Where the events of the room are posted. */
  statusEventsCallbackUrl?: string;
  /** Which events are posted; empty is all of start end join leave mute unmute. */
  statusEvents?: string;
  /** Whether keys that this caller presses are posted as DigitsCollected. */
  collectDigits?: true | false | "true" | "false";
  /** The keys that end what was typed; empty is none. */
  finishOnKey?: string;
  /** How many keys are posted at once; 0 is no limit. */
  numDigits?: number;
  /** Where the keys are posted; left out, to statusEventsCallbackUrl. */
  digitsCallbackUrl?: string;
}

export interface RecordAttributes {
  /** Where the outcome is sent; left out, to the address of this document. */
  action?: string;
  /** How it is sent. */
  method?: "POST" | "GET";
  /** Seconds of silence that end it; 0 is the default of the exchange, 5. */
  timeout?: number;
  /** The longest recording in seconds; 0 is the default of the exchange, 120. */
  maxLength?: number;
  /** The keys that end it; empty is none. Other keys do nothing. */
  finishOnKey?: string;
  /** Whether a beep says when to speak. */
  playBeep?: true | false | "true" | "false";
  /** Whether silence before the first word and after the last is left out. */
  trim?: true | false | "trim-silence" | "do-not-trim";
  /** Whether what was said is written down. */
  transcribe?: true | false | "true" | "false";
  /** Where the words are posted; naming it is the same as transcribe. */
  transcribeCallback?: string;
}

export interface StreamAttributes {
  /** Where your server listens. */
  url: string;
  /** What you call it; it comes back with every event. */
  name?: string;
  /** What is sent: what the caller says, what the caller hears, or both mixed. */
  track?: "inbound_track" | "outbound_track" | "both_tracks";
  /** Whether the call stays in the stream. */
  connect?: true | false | "true" | "false";
  /** The rate of what you receive. */
  outputSamplingRate?: 8000 | 16000;
  /** The rate of what you send back; left out, that of inputSamplingRate. */
  bidirectionalSamplingRate?: number;
  /** Another name of bidirectionalSamplingRate; left out, that of outputSamplingRate. */
  inputSamplingRate?: number;
  /** A JSON object as a string; it is headers of the first frame. */
  headerMetadata?: string;
  /** Any text; it is openMetadata of the first frame. */
  openMetadata?: string;
  /** Where its events are posted; left out, to the voice URL of the call. */
  statusCallback?: string;
  /** Which events are posted; empty is all of stream-started stream-stopped stream-error. */
  statusEvents?: string;
}

export interface RedirectAttributes {
  /** Where the next document is. */
  url: string;
  /** How it is asked for. */
  method?: "POST" | "GET";
}

export interface RejectAttributes {
  /** What the caller is told. */
  reason?: "rejected" | "busy";
}

export interface HangupAttributes {
}

export type VoiceAction =
  | { say: SayAttributes }
  | { play: PlayAttributes }
  | { pause: PauseAttributes }
  | { getDigits: GetDigitsAttributes }
  | { dial: DialAttributes }
  | { conference: ConferenceAttributes }
  | { record: RecordAttributes }
  | { stream: StreamAttributes }
  | { redirect: RedirectAttributes }
  | { reject: RejectAttributes }
  | { hangup: HangupAttributes };

export interface VoiceDocument {
  actions: VoiceAction[];
}

export interface AlertSubscribersResource {
  /** Agree to low-balance mails with the token of the mail that asked. */
  confirm(params: ConfirmSubscriberInputParams, options?: RequestOptions): Promise<AlertSubscriber>;
  /** Add a recipient. Scope: wallet.topup. */
  create(params: SubscribersInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<AlertSubscriber>;
  /** Remove a recipient, whether it has agreed or not. Scope: wallet.topup. */
  delete(subscriberId: string, options?: RequestOptions): Promise<void>;
  /** List the recipients of low-balance mails, newest first. Scope: wallet.read. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<AlertSubscriberPage, AlertSubscriberPage["data"][number]>;
}

export interface ApiKeysResource {
  /** Make a key. Scope: api_keys.manage. */
  create(params?: ApiKeysInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<NewApiKey>;
  /** Revoke one key and every key it made. Scope: api_keys.manage. */
  delete(keyId: string, options?: RequestOptions): Promise<void>;
  /** List the keys of this workspace and mode, newest first. Scope: api_keys.manage. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<ApiKeyPage, ApiKeyPage["data"][number]>;
  /** Set the limits of one key. Scope: api_keys.manage. */
  setLimits(keyId: string, params: CapsBodyParams, options?: RequestOptions): Promise<Limits>;
}

export interface AuditResource {
  /** Read who changed what in this workspace, newest first. Scope: audit.read. */
  list(params?: { limit?: number; cursor?: string; actionKind?: "api_key.created" | "api_key.revoked" | "calls.actions_sent" | "calls.exported" | "calls.hung_up" | "calls.policy_set" | "calls.resumed" | "calls.stopped" | "calls.supervision_ended" | "calls.supervision_mode_changed" | "calls.supervision_started" | "calls.warning_set" | "cli.login_approved" | "cli.login_denied" | "conferences.end" | "conferences.hold" | "conferences.kick" | "conferences.mute" | "conferences.play" | "conferences.say" | "conferences.unhold" | "conferences.unmute" | "do_not_call.listed" | "do_not_call.unlisted" | "flags.overridden" | "group.created" | "group.updated" | "identity.linked" | "identity.unlinked" | "inventory.created" | "inventory.import_asked" | "inventory.imported" | "inventory.offered" | "inventory.quarantined" | "inventory.removed" | "inventory.reserved" | "inventory.updated" | "invitation.accepted" | "invitation.revoked" | "invitation.sent" | "kernel.job_run" | "member.left" | "member.removed" | "member.role_changed" | "membership.created" | "membership.updated" | "number.barred" | "number.claimed" | "number.reassigned" | "number.released" | "number.routed" | "number.sip_credential_added" | "number.sip_credential_removed" | "number.sip_credential_rotated" | "number.unbarred" | "phone.erased" | "phone.exported" | "rates.published" | "recordings.delete" | "recordings.policy_set" | "recordings.read" | "second_step.added" | "second_step.codes_renewed" | "second_step.recovery_code_used" | "second_step.removed" | "second_step.reset" | "second_step.shut" | "session.ended" | "storage.tier_changed" | "uploads.added" | "user.changed" | "user.created" | "user.erased" | "user.exported" | "user.leaving" | "user.made_operator" | "user.stays" | "user.updated" | "voice.draft_deleted" | "voice.draft_saved" | "voice.sound_hosts_set" | "wallet.billing_profile_saved" | "wallet.claim_made" | "wallet.claim_refused" | "wallet.correction_asked" | "wallet.correction_refused" | "wallet.document_registered" | "wallet.finding_accepted" | "wallet.finding_corrected" | "wallet.inquiry_repeated" | "wallet.limit_set" | "wallet.payment_reversed" | "wallet.refund_asked" | "wallet.release_asked" | "wallet.release_done" | "wallet.release_refused" | "wallet.statement_imported" | "wallet.subscriber_added" | "wallet.subscriber_removed" | "webhook.changed" | "webhook.created" | "webhook.deleted" | "webhook.delivery_retried" | "webhook.disabled" | "webhook.secret_rotated" | "workspace.closed" | "workspace.created" | "workspace.impersonation_ended" | "workspace.impersonation_started" | "workspace.resumed" | "workspace.second_step_asked" | "workspace.signing_secret_rotated" | "workspace.suspended" | "workspace.updated"; actor?: string; from?: string; to?: string }, options?: RequestOptions): Page<AuditEntryPage, AuditEntryPage["data"][number]>;
}

export interface CallsResource {
  /** Replace what the call does now. Scope: calls.write. */
  actions(callId: string, params: VoiceDocument & { idempotencyKey?: string }, options?: RequestOptions): Promise<ReplacedActions>;
  /** Place a call. Scope: calls.write. */
  create(params: PlaceCallParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<PlacedCall>;
  /** List everything that happened in the call, oldest first. Scope: calls.read. */
  events(callId: string, options?: RequestOptions): Promise<CallEventPage>;
  /** Read a call with its time line. Scope: calls.read. */
  get(callId: string, options?: RequestOptions): Promise<Call & CallReply>;
  /** Read who supervises the call now. Scope: calls.read. */
  getSupervision(callId: string, options?: RequestOptions): Promise<SupervisionReply>;
  /** Hang up. Scope: calls.write. */
  hangup(callId: string, options?: RequestOptions): Promise<HungUpCall>;
  /** List calls, newest first. Scope: calls.read. */
  list(params?: { status?: string; direction?: "inbound" | "outbound"; q?: string; sessionId?: string; from?: string; to?: string; limit?: number; cursor?: string }, options?: RequestOptions): Page<CallPage, CallPage["data"][number]>;
  /** Fetch the newest recording. Scope: recordings.read. */
  recording(callId: string, params?: { format?: "mp3" | "opus" | "wav" }, options?: RequestOptions): Promise<{ status: "ready"; url: string } | RecordingPending>;
  /** List the recordings of a call, oldest first. Scope: recordings.read. */
  recordings(callId: string, options?: RequestOptions): Promise<RecordingPage>;
  /** Switch the mode of a supervisor who is on the call. Scope: calls.supervise. */
  setSupervisionMode(callId: string, params: ModeBodyParams, options?: RequestOptions): Promise<Supervision>;
  /** Count and price the ended calls of a window. Scope: calls.read. */
  stats(params?: { since?: string; bucket?: "day" | "hour" }, options?: RequestOptions): Promise<CallStatistics>;
  /** End the supervision. Scope: calls.supervise. */
  stopSupervision(callId: string, options?: RequestOptions): Promise<void>;
  /** Call a supervisor for a call that talks. Scope: calls.supervise. */
  supervise(callId: string, params: SuperviseBodyParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<Supervision>;
}

export interface ConferencesResource {
  /** Mute, unmute, kick, hold or unhold a participant (or `all`), play a file or say a text to everybody or to one, or end the room. Scope: conferences.manage. */
  command(room: string, params: CommandBodyParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<ConferenceCommanded>;
  /** Read a room and who is in it. Scope: calls.read. */
  get(room: string, options?: RequestOptions): Promise<Conference>;
  /** List rooms, newest first. Scope: calls.read. */
  list(params?: { status?: "all" | "ended" | "live"; limit?: number; cursor?: string }, options?: RequestOptions): Page<ConferencePage, ConferencePage["data"][number]>;
}

export interface DoNotCallResource {
  /** Add up to 1,000 numbers. Scope: calls.write. */
  create(params: DoNotCallListInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<DoNotCallAdded>;
  /** Take a number off the list, because the person agreed to be called again. Scope: calls.write. */
  delete(e164: string, options?: RequestOptions): Promise<void>;
  /** List the numbers, the latest first. Scope: calls.read. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<DoNotCallNumberPage, DoNotCallNumberPage["data"][number]>;
}

export interface EventsResource {
  /** List every event of the workspace in order, for 30 days. Scope: events.read. */
  list(params?: { after?: number; kind?: string; limit?: number }, options?: RequestOptions): Page<EventPage, EventPage["data"][number]>;
}

export interface InvitationsResource {
  /** Take the seat an invitation offers, in a session of the invited address. */
  accept(params: AcceptInvitationInputParams, options?: RequestOptions): Promise<Seat>;
  /** Mail an invitation. Scope: members.manage. */
  create(params: InvitationsInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<Invitation>;
  /** Take an invitation back. Scope: members.manage. */
  delete(invitationId: string, options?: RequestOptions): Promise<void>;
  /** List the open invitations, newest first. Scope: members.read. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<InvitationPage, InvitationPage["data"][number]>;
  /** Mail an invitation again with a new link and seven more days. Scope: members.manage. */
  resend(invitationId: string, options?: RequestOptions): Promise<Invitation>;
}

export interface MembersResource {
  /** Remove a member. Scope: members.manage. */
  delete(memberId: string, options?: RequestOptions): Promise<void>;
  /** List the people of this workspace, newest first. Scope: members.read. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<MemberPage, MemberPage["data"][number]>;
  /** Give a member another role. Scope: members.manage. */
  update(memberId: string, params: MemberInputParams, options?: RequestOptions): Promise<Member>;
}

export interface NumbersResource {
  /** List the numbers that can be claimed, in order. Scope: numbers.read. */
  available(params?: { country?: string; currency?: string; capability?: string; contains?: string; limit?: number; cursor?: string }, options?: RequestOptions): Page<AvailableNumbers, AvailableNumbers["available"][number]>;
  /** Claim a number and pay the rest of the month in one step. Scope: numbers.claim. */
  claim(params?: ClaimInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<ClaimedNumber>;
  /** Make a credential for one phone. Scope: numbers.route. */
  createSipCredential(numberId: string, params?: SipCredentialsInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<NewSipCredential>;
  /** Take a credential back. Scope: numbers.route. */
  deleteSipCredential(numberId: string, credentialId: string, options?: RequestOptions): Promise<void>;
  /** Read one number, released ones too. Scope: numbers.read. */
  get(numberId: string, options?: RequestOptions): Promise<TenantNumber>;
  /** List the numbers this workspace holds, newest first. Scope: numbers.read. */
  list(options?: RequestOptions): Promise<TenantNumbers>;
  /** Release a number. Scope: numbers.release. */
  release(numberId: string, options?: RequestOptions): Promise<ReleasedNumber>;
  /** Make another password, shown once. Scope: numbers.route. */
  rotateSipCredential(numberId: string, credentialId: string, options?: RequestOptions): Promise<NewSipCredential>;
  /** Change where a number's calls and events go. Scope: numbers.route. */
  setRouting(numberId: string, params: RoutingInputParams, options?: RequestOptions): Promise<TenantNumber>;
  /** List the credentials of a number, newest first, and whether a phone is there. Scope: numbers.read. */
  sipCredentials(numberId: string, params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<SipCredentialPage, SipCredentialPage["data"][number]>;
}

export interface PricingResource {
  /** What numbers and minutes cost, in shillings and in minor units. */
  get(options?: RequestOptions): Promise<Pricing>;
}

export interface RecordingsResource {
  /** Delete a recording for ever. Scope: storage.manage. */
  delete(recordingId: string, options?: RequestOptions): Promise<void>;
}

export interface StorageResource {
  /** Move to a tier. Scope: storage.manage. */
  setTier(params: StorageTierInputParams, options?: RequestOptions): Promise<StorageTier>;
  /** Read the tier, what the recordings weigh, and what every tier costs. Scope: recordings.read. */
  tier(options?: RequestOptions): Promise<StorageTier>;
}

export interface TopupsResource {
  /** Ask a phone to pay in. Scope: wallet.topup. */
  create(params: TopUpsInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<TopUp>;
  /** How far a top-up has come. Scope: wallet.read. */
  get(topupId: string, options?: RequestOptions): Promise<TopUp>;
}

export interface UploadsResource {
  /** Keep a sound file with us and get the address that `play` plays it from. Scope: numbers.claim. */
  audio(params: SoundFileParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<AudioUpload>;
}

export interface VoiceResource {
  /** Rehearse a voice document with a scripted caller. Scope: calls.write. */
  rehearse(params: RehearseBodyParams, options?: RequestOptions): Promise<Rehearsal>;
  /** Set the servers that sounds may come from. Scope: numbers.route. */
  setSoundHosts(params: SoundHostsBodyParams, options?: RequestOptions): Promise<SoundHosts>;
  /** Read which servers sounds may come from. Scope: numbers.read. */
  soundHosts(options?: RequestOptions): Promise<SoundHosts>;
  /** Judge a voice document without calling anybody. Scope: calls.write. */
  validate(params: VoiceDocument, options?: RequestOptions): Promise<VoiceVerdict>;
}

export interface WalletResource {
  /** The money of the workspace. Scope: wallet.read. */
  balance(options?: RequestOptions): Promise<Balance>;
  /** Read the limits, what today has taken of them, and the destinations that are open. Scope: wallet.read. */
  limits(options?: RequestOptions): Promise<Limits>;
  /** Set the limits of the whole workspace. Scope: api_keys.manage. */
  setLimits(params: CapsBodyParams, options?: RequestOptions): Promise<Limits>;
  /** The balance below which `wallet.low_balance` is sent. Scope: wallet.topup. */
  setThreshold(params: ThresholdInputParams, options?: RequestOptions): Promise<Balance>;
  /** Every movement of the wallet, newest first, with the balance after it. Scope: wallet.read. */
  statements(params?: { kind?: string; from?: string; to?: string; limit?: number; cursor?: string }, options?: RequestOptions): Page<StatementRowPage, StatementRowPage["data"][number]>;
}

export interface WebhooksResource {
  /** Create an endpoint. Scope: webhooks.manage. */
  create(params: EndpointInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<WebhookEndpointWithSecret>;
  /** Remove an endpoint. Scope: webhooks.manage. */
  delete(endpointId: string, options?: RequestOptions): Promise<void>;
  /** List what was sent to an endpoint, newest first. Scope: webhooks.read. */
  deliveries(endpointId: string, params?: { status?: "dead_letter" | "delivered" | "pending" | "retrying"; limit?: number; cursor?: string }, options?: RequestOptions): Page<DeliveryPage, DeliveryPage["data"][number]>;
  /** One delivery with every attempt. Scope: webhooks.read. */
  delivery(endpointId: string, deliveryId: string, options?: RequestOptions): Promise<DeliveryWithAttempts>;
  /** Read one endpoint. Scope: webhooks.read. */
  get(endpointId: string, options?: RequestOptions): Promise<WebhookEndpoint>;
  /** List the endpoints, newest first. Scope: webhooks.read. */
  list(params?: { limit?: number; cursor?: string }, options?: RequestOptions): Page<WebhookEndpointPage, WebhookEndpointPage["data"][number]>;
  /** Send every subscribed event of a range of time again, whether it was delivered or not. Scope: webhooks.manage. */
  replay(endpointId: string, params: ReplayInputParams & { idempotencyKey?: string }, options?: RequestOptions): Promise<Replay>;
  /** Try a dead or waiting delivery again now. Scope: webhooks.manage. */
  retryDelivery(endpointId: string, deliveryId: string, options?: RequestOptions): Promise<Delivery>;
  /** Give the endpoint a new secret, shown once. Scope: webhooks.manage. */
  rotateSecret(endpointId: string, options?: RequestOptions): Promise<WebhookEndpointWithSecret>;
  /** Send a `webhook.test` event to one endpoint. Scope: webhooks.manage. */
  test(endpointId: string, options?: RequestOptions): Promise<TestSent>;
  /** Change an endpoint, pause it or set it going again. Scope: webhooks.manage. */
  update(endpointId: string, params: EndpointChangeParams, options?: RequestOptions): Promise<WebhookEndpoint>;
}

export interface WebrtcResource {
  /** Make a token for one browser session. Scope: webrtc.token. */
  mintToken(params?: TokenRequestParams, options?: RequestOptions): Promise<WebrtcToken>;
}

export interface WorkspaceResource {
  /** Read the workspace. */
  get(options?: RequestOptions): Promise<Workspace>;
  /** Replace the secret that signs voice callbacks and per-call targets. Scope: api_keys.manage. */
  rotateSigningSecret(options?: RequestOptions): Promise<SigningSecret>;
  /** Rename the workspace. Scope: members.manage. */
  update(params: WorkspaceInputParams, options?: RequestOptions): Promise<Workspace>;
}

export interface Resources {
  readonly alertSubscribers: AlertSubscribersResource;
  readonly apiKeys: ApiKeysResource;
  readonly audit: AuditResource;
  readonly calls: CallsResource;
  readonly conferences: ConferencesResource;
  readonly doNotCall: DoNotCallResource;
  readonly events: EventsResource;
  readonly invitations: InvitationsResource;
  readonly members: MembersResource;
  readonly numbers: NumbersResource;
  readonly pricing: PricingResource;
  readonly recordings: RecordingsResource;
  readonly storage: StorageResource;
  readonly topups: TopupsResource;
  readonly uploads: UploadsResource;
  readonly voice: VoiceResource;
  readonly wallet: WalletResource;
  readonly webhooks: WebhooksResource;
  readonly webrtc: WebrtcResource;
  readonly workspace: WorkspaceResource;
}
