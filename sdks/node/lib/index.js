"use strict";

const { SautikitClient } = require("./client");
const { SautikitError, SautikitConnectionError, WebhookSignatureError } = require("./errors");
const { sauti, voice, voiceResponse, VoiceBuilder } = require("./voice");
const { constructEvent, verifyWebhook } = require("./webhooks");

module.exports = {
  SautikitClient,
  SautikitConnectionError,
  SautikitError,
  VoiceBuilder,
  WebhookSignatureError,
  constructEvent,
  default: SautikitClient,
  sauti,
  verifyWebhook,
  voice,
  voiceResponse,
};
// Compilers that turn `import` into `require` look for this before they take the default.
Object.defineProperty(module.exports, "__esModule", { value: true });
