"use strict";

const VERBS = require("./verbs");

const ACTIONS_MAX = 50;

/** Build one action: `sauti.say("Habari")`, `sauti.getDigits({ numDigits: 1, action: "/next" })`. */
const sauti = {};
for (const [verb, rules] of Object.entries(VERBS)) {
  sauti[verb] = (first = {}, more = {}) => ({ [verb]: attributes(verb, rules, first, more) });
}
Object.freeze(sauti);

function attributes(verb, { bare, either }, first, more) {
  const isBare = typeof first === "string" || typeof first === "number";
  if (isBare && !bare) throw new TypeError(`${verb} takes an object of attributes.`);
  const given = isBare ? { [bare]: first, ...more } : { ...first, ...more };
  if (bare && given[bare] === undefined) throw new TypeError(`${verb} needs ${bare}.`);
  if (either && either.filter((name) => given[name] !== undefined).length !== 1) {
    throw new TypeError(`${verb} takes exactly one of ${either.join(", ")}.`);
  }
  return given;
}

/** Put actions together into the document that a voice URL answers. */
function voiceResponse(...actions) {
  const list = actions.flat().flatMap((it) => (it instanceof VoiceBuilder ? it.actions : [it]));
  if (list.length > ACTIONS_MAX) {
    throw new RangeError(`A document has at most ${ACTIONS_MAX} actions; continue with a redirect.`);
  }
  for (const action of list) {
    const names = Object.keys(action);
    if (names.length !== 1 || !(names[0] in VERBS)) {
      throw new TypeError(`An action has exactly one verb, not ${JSON.stringify(names)}.`);
    }
  }
  return { actions: list };
}

/** The same, word after word: `voice().say("Habari").hangup().toJSON()`. */
class VoiceBuilder {
  constructor() {
    this.actions = [];
  }

  toJSON() {
    return voiceResponse(this.actions);
  }

  toString() {
    return JSON.stringify(this);
  }
}
for (const verb of Object.keys(VERBS)) {
  VoiceBuilder.prototype[verb] = function add(...given) {
    this.actions.push(sauti[verb](...given));
    return this;
  };
}

function voice() {
  return new VoiceBuilder();
}

module.exports = { VoiceBuilder, sauti, voice, voiceResponse };
