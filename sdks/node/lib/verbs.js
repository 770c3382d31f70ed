// Made by `manage.py generate` from the API description. Do not edit.

"use strict";

module.exports = {
  say: "text",
  play: "url",
  pause: "",
  getDigits: "",
  dial: "",
  record: "",
  redirect: "url",
  reject: "",
  hangup: "",
};
