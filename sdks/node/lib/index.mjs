// One implementation for both kinds of import, so that `instanceof` holds across them.
import sdk from "./index.js";

export const {
  SautikitClient,
  SautikitConnectionError,
  SautikitError,
  VoiceBuilder,
  WebhookSignatureError,
  constructEvent,
  sauti,
  verifyWebhook,
  voice,
  voiceResponse,
} = sdk;
export default SautikitClient;
