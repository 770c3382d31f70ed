// Made by `manage.py generate` from the API description. Do not edit.

"use strict";

module.exports = {
  alertSubscribers: {
    confirm: { method: "POST", path: "/v1/wallet/alert/confirm", body: true },
    create: { method: "POST", path: "/v1/wallet/alert/subscribers", body: true, key: true },
    delete: { method: "DELETE", path: "/v1/wallet/alert/subscribers/{subscriber_id}" },
    list: { method: "GET", path: "/v1/wallet/alert/subscribers", query: true, rows: "data", cursor: "cursor" },
  },
  apiKeys: {
    create: { method: "POST", path: "/v1/api-keys", body: true, key: true },
    delete: { method: "DELETE", path: "/v1/api-keys/{key_id}" },
    list: { method: "GET", path: "/v1/api-keys", query: true, rows: "data", cursor: "cursor" },
    setLimits: { method: "PUT", path: "/v1/api-keys/{key_id}/limits", body: true },
  },
  audit: {
    list: { method: "GET", path: "/v1/audit", query: true, rows: "data", cursor: "cursor" },
  },
  calls: {
    actions: { method: "POST", path: "/v1/calls/{call_id}/actions", body: true, key: true },
    create: { method: "POST", path: "/v1/calls", body: true, key: true },
    events: { method: "GET", path: "/v1/calls/{call_id}/events" },
    get: { method: "GET", path: "/v1/calls/{call_id}" },
    getSupervision: { method: "GET", path: "/v1/calls/{call_id}/supervision" },
    hangup: { method: "POST", path: "/v1/calls/{call_id}/hangup", key: true },
    list: { method: "GET", path: "/v1/calls", query: true, rows: "data", cursor: "cursor" },
    recording: { method: "GET", path: "/v1/calls/{call_id}/recording", query: true, redirect: true },
    recordings: { method: "GET", path: "/v1/calls/{call_id}/recordings" },
    setSupervisionMode: { method: "PATCH", path: "/v1/calls/{call_id}/supervision", body: true },
    stats: { method: "GET", path: "/v1/calls/stats", query: true },
    stopSupervision: { method: "DELETE", path: "/v1/calls/{call_id}/supervision" },
    supervise: { method: "POST", path: "/v1/calls/{call_id}/supervision", body: true, key: true },
  },
  conferences: {
    command: { method: "POST", path: "/v1/conferences/{room}/commands", body: true, key: true },
    get: { method: "GET", path: "/v1/conferences/{room}" },
    list: { method: "GET", path: "/v1/conferences", query: true, rows: "data", cursor: "cursor" },
  },
  doNotCall: {
    create: { method: "POST", path: "/v1/do-not-call", body: true, key: true },
    delete: { method: "DELETE", path: "/v1/do-not-call/{e164}" },
    list: { method: "GET", path: "/v1/do-not-call", query: true, rows: "data", cursor: "cursor" },
  },
  events: {
    list: { method: "GET", path: "/v1/events", query: true, rows: "data", cursor: "after" },
  },
  invitations: {
    accept: { method: "POST", path: "/v1/invitations/accept", body: true },
    create: { method: "POST", path: "/v1/invitations", body: true, key: true },
    delete: { method: "DELETE", path: "/v1/invitations/{invitation_id}" },
    list: { method: "GET", path: "/v1/invitations", query: true, rows: "data", cursor: "cursor" },
    resend: { method: "POST", path: "/v1/invitations/{invitation_id}/resend", key: true },
  },
  members: {
    delete: { method: "DELETE", path: "/v1/members/{member_id}" },
    list: { method: "GET", path: "/v1/members", query: true, rows: "data", cursor: "cursor" },
    update: { method: "PATCH", path: "/v1/members/{member_id}", body: true },
  },
  numbers: {
    available: { method: "GET", path: "/v1/numbers/available", query: true, rows: "available", cursor: "cursor" },
    claim: { method: "POST", path: "/v1/numbers/claim", body: true, key: true },
    createSipCredential: { method: "POST", path: "/v1/numbers/{number_id}/sip-credentials", body: true, key: true },
    deleteSipCredential: { method: "DELETE", path: "/v1/numbers/{number_id}/sip-credentials/{credential_id}" },
    get: { method: "GET", path: "/v1/numbers/{number_id}" },
    list: { method: "GET", path: "/v1/numbers" },
    release: { method: "DELETE", path: "/v1/numbers/{number_id}" },
    rotateSipCredential: { method: "POST", path: "/v1/numbers/{number_id}/sip-credentials/{credential_id}/rotate", key: true },
    setRouting: { method: "PATCH", path: "/v1/numbers/{number_id}/routing", body: true },
    sipCredentials: { method: "GET", path: "/v1/numbers/{number_id}/sip-credentials", query: true, rows: "data", cursor: "cursor" },
  },
  pricing: {
    get: { method: "GET", path: "/v1/public/pricing" },
  },
  recordings: {
    delete: { method: "DELETE", path: "/v1/recordings/{recording_id}" },
  },
  storage: {
    setTier: { method: "PUT", path: "/v1/storage/tier", body: true },
    tier: { method: "GET", path: "/v1/storage/tier" },
  },
  topups: {
    create: { method: "POST", path: "/v1/topups", body: true, key: true },
    get: { method: "GET", path: "/v1/topups/{topup_id}" },
  },
  uploads: {
    audio: { method: "POST", path: "/v1/uploads/audio", body: true, form: true, key: true },
  },
  voice: {
    rehearse: { method: "POST", path: "/v1/voice/rehearse", body: true },
    setSoundHosts: { method: "PUT", path: "/v1/voice/sound-hosts", body: true },
    soundHosts: { method: "GET", path: "/v1/voice/sound-hosts" },
    validate: { method: "POST", path: "/v1/voice/validate", body: true },
  },
  wallet: {
    balance: { method: "GET", path: "/v1/wallet/balance" },
    limits: { method: "GET", path: "/v1/wallet/limits" },
    setLimits: { method: "PUT", path: "/v1/wallet/limits", body: true },
    setThreshold: { method: "PATCH", path: "/v1/wallet/threshold", body: true },
    statements: { method: "GET", path: "/v1/wallet/statements", query: true, rows: "data", cursor: "cursor" },
  },
  webhooks: {
    create: { method: "POST", path: "/v1/webhooks", body: true, key: true },
    delete: { method: "DELETE", path: "/v1/webhooks/{endpoint_id}" },
    deliveries: { method: "GET", path: "/v1/webhooks/{endpoint_id}/deliveries", query: true, rows: "data", cursor: "cursor" },
    delivery: { method: "GET", path: "/v1/webhooks/{endpoint_id}/deliveries/{delivery_id}" },
    get: { method: "GET", path: "/v1/webhooks/{endpoint_id}" },
    list: { method: "GET", path: "/v1/webhooks", query: true, rows: "data", cursor: "cursor" },
    replay: { method: "POST", path: "/v1/webhooks/{endpoint_id}/replay", body: true, key: true },
    retryDelivery: { method: "POST", path: "/v1/webhooks/{endpoint_id}/deliveries/{delivery_id}/retry", key: true },
    rotateSecret: { method: "POST", path: "/v1/webhooks/{endpoint_id}/rotate-secret", key: true },
    test: { method: "POST", path: "/v1/webhooks/{endpoint_id}/test", key: true },
    update: { method: "PATCH", path: "/v1/webhooks/{endpoint_id}", body: true },
  },
  webrtc: {
    mintToken: { method: "POST", path: "/v1/webrtc/token", body: true },
  },
  workspace: {
    get: { method: "GET", path: "/v1/workspace" },
    rotateSigningSecret: { method: "POST", path: "/v1/workspace/rotate-signing-secret", key: true },
    update: { method: "PATCH", path: "/v1/workspace", body: true },
  },
};
