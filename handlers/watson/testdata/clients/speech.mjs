// Speech (watson-api.md, section 6) without an upstream: Quittance keeps transcripts and recognises nothing, and says so. With
// config.upstream = {KIND: {"url", "apikey"}} calls are passed on, and what comes back is what the upstream said.

import assert from 'node:assert/strict';
import { client, labelled } from './sdk.mjs';
import { tone } from './fixtures.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].flatMap((sdk) => [
  { service: 'speech-to-text', sdk, steps: recognize(sdk, config.services['speech-to-text'], config.upstream?.['speech-to-text']) },
  { service: 'text-to-speech', sdk, steps: synthesize(sdk, config.services['text-to-speech'], config.upstream?.['text-to-speech']) },
]);

function recognize(sdk, at, upstream) {
  const ask = (where, more) => () => client(sdk, 'SpeechToTextV1', where).recognize({ audio: tone(), contentType: 'audio/wav', ...more });
  const heard = ({ body }) => assert.equal(typeof body.results[0].alternatives[0].transcript, 'string');
  return [
    { name: 'recognize without an upstream', want: 501, call: ask(at, labelled('ann')), check: wants.plain('upstream') },
    ...(upstream ? [
      { name: 'recognize', want: 200, call: ask(upstream, labelled('ann')), check: heard },
      { name: 'recognize opted out of learning', want: 200, call: ask(upstream, { headers: { ...labelled('ann').headers, 'X-Watson-Learning-Opt-Out': 'true' } }), check: heard },
      { name: 'recognize, and deleteUserData', want: 200, call: () => client(sdk, 'SpeechToTextV1', upstream).deleteUserData({ customerId: 'ann' }), check: wants.empty },
    ] : []),
  ];
}

function synthesize(sdk, at, upstream) {
  const ask = (where, more) => () => client(sdk, 'TextToSpeechV1', where).synthesize({ text: 'Hello', accept: 'audio/wav', ...more });
  return [
    { name: 'synthesize without an upstream', want: 501, call: ask(at, labelled('ann')), check: wants.plain('upstream') },
    ...(upstream ? [{ name: 'synthesize', want: 200, call: ask(upstream, labelled('ann')), type: /^audio\// }] : []),
  ];
}
