// Made by `manage.py generate` from the API description. Do not edit.

"use strict";

module.exports = {
  say: { bare: "text" },
  play: { bare: "url" },
  pause: {},
  getDigits: {},
  dial: { either: ["number", "numbers", "sip", "client"] },
  conference: { bare: "name" },
  record: {},
  stream: { bare: "url" },
  redirect: { bare: "url" },
  reject: {},
  hangup: {},
};
