// deleteUserData of the five services beside Assistant: each has its own status, its own rule for IDs and its own form of errors.

import { client, iam, labelled } from './sdk.mjs';
import * as wants from './shapes.mjs';

const services = [
  { service: 'discovery', name: 'DiscoveryV1', sdks: [6], want: 200, illegal: 'a;b', refused: wants.plain },
  { service: 'discovery', name: 'DiscoveryV2', sdks: [6, 12], want: 200, illegal: 'a=b', refused: wants.plain },
  { service: 'visual-recognition', name: 'VisualRecognitionV3', sdks: [6], want: 202, illegal: 'a-b', refused: wants.visualV3 },
  { service: 'visual-recognition', name: 'VisualRecognitionV4', sdks: [6], want: 202, illegal: 'a@b.example', refused: wants.visualV4 },
  { service: 'speech-to-text', name: 'SpeechToTextV1', sdks: [6, 12], want: 200, illegal: 'a;b', refused: wants.plain },
  { service: 'text-to-speech', name: 'TextToSpeechV1', sdks: [6, 12], want: 200, illegal: 'a=b', refused: wants.plain },
];

export const tables = (config) => services.flatMap((one) => one.sdks.map((sdk) => ({ service: one.service, sdk, steps: steps(one, sdk, config) })));

function steps({ service, name, want, illegal, refused }, sdk, config) {
  const at = config.services[service];
  const open = (options, where = at) => client(sdk, name, where, options);
  const step = (what, customerId, by = open()) => ({ name: `${name}: ${what}`, want, call: () => by.deleteUserData({ customerId }), check: wants.both(wants.empty, wants.limited) });
  const refusal = (what, status, check, customerId, by = open()) => ({ name: `${name}: ${what}`, want: status, call: () => by.deleteUserData({ customerId }), check });
  const versioned = name.startsWith('Discovery') || name.startsWith('Visual');
  return [
    step('deleteUserData', `ann_${sdk}`),
    step('again', `ann_${sdk}`),
    step('an ID beyond ASCII', '客_x'),
    step('through IamAuthenticator', 'ben', open({ authenticator: iam(sdk, config, at.apikey) })),
    step('a label is ignored', 'ben', open({ headers: { 'X-Watson-Metadata': 'not a label at all' } })),
    step('a label of the client is ignored', 'ben', open(labelled('someone'))),
    refusal('an illegal ID', 400, refused('customer_id'), illegal),
    refusal('a wrong key', 401, wants.unauthorized, 'x', open({}, { ...at, apikey: 'wrong' })),
    refusal('the key of another service', 404, wants.plain('Resource not found'), 'x', open({}, { ...at, apikey: config.services.assistant.apikey })),
    ...(versioned ? [refusal('a version that is no date', 400, refused('version'), 'x', open({ version: 'newest' }))] : []),
  ];
}
