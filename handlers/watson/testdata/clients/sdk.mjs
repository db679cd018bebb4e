// IBM's client libraries of two ages: 12 is the newest, 6 the last one with Visual Recognition and Discovery v1.

import * as auth12 from 'ibm-watson/auth/index.js';
import AssistantV1 from 'ibm-watson/assistant/v1.js';
import AssistantV2 from 'ibm-watson/assistant/v2.js';
import DiscoveryV2 from 'ibm-watson/discovery/v2.js';
import SpeechToTextV1 from 'ibm-watson/speech-to-text/v1.js';
import TextToSpeechV1 from 'ibm-watson/text-to-speech/v1.js';
import * as auth6 from 'ibm-watson-6/auth/index.js';
import AssistantV1Old from 'ibm-watson-6/assistant/v1.js';
import AssistantV2Old from 'ibm-watson-6/assistant/v2.js';
import DiscoveryV1 from 'ibm-watson-6/discovery/v1.js';
import DiscoveryV2Old from 'ibm-watson-6/discovery/v2.js';
import SpeechToTextV1Old from 'ibm-watson-6/speech-to-text/v1.js';
import TextToSpeechV1Old from 'ibm-watson-6/text-to-speech/v1.js';
import VisualRecognitionV3 from 'ibm-watson-6/visual-recognition/v3.js';
import VisualRecognitionV4 from 'ibm-watson-6/visual-recognition/v4.js';

const ages = {
  6: {
    auth: auth6,
    AssistantV1: AssistantV1Old, AssistantV2: AssistantV2Old,
    DiscoveryV1, DiscoveryV2: DiscoveryV2Old,
    SpeechToTextV1: SpeechToTextV1Old, TextToSpeechV1: TextToSpeechV1Old,
    VisualRecognitionV3, VisualRecognitionV4,
  },
  12: { auth: auth12, AssistantV1, AssistantV2, DiscoveryV2, SpeechToTextV1, TextToSpeechV1 },
};

// The dates of the version parameter that each age's documents name; speech has none.
const versions = {
  AssistantV1: { 6: '2020-04-01', 12: '2021-11-27' },
  AssistantV2: { 6: '2020-04-01', 12: '2024-08-25' },
  DiscoveryV1: { 6: '2019-04-30' },
  DiscoveryV2: { 6: '2020-08-30', 12: '2020-08-30' },
  VisualRecognitionV3: { 6: '2018-03-19' },
  VisualRecognitionV4: { 6: '2019-02-11' },
};

// client makes a client of one age for a service {url, apikey}. options go to its constructor, as an application writes them: headers,
// version, authenticator, enableRetries.
export function client(age, name, service, options = {}) {
  const { auth, [name]: Service } = ages[age];
  return new Service({
    serviceUrl: service.url,
    version: versions[name]?.[age],
    authenticator: new auth.BasicAuthenticator({ username: 'apikey', password: service.apikey }),
    ...options,
  });
}

// iam is the authenticator that trades the key for a token first.
export function iam(age, config, apikey) {
  return new ages[age].auth.IamAuthenticator({ url: config.iam, apikey });
}

export function bearer(age, bearerToken) {
  return new ages[age].auth.BearerTokenAuthenticator({ bearerToken });
}

// labelled is what a call takes to say whose data it sends. Node writes headers as Latin-1: an ID beyond ASCII has to be made bytes first.
export function labelled(...ids) {
  const text = ids.map((id) => `customer_id=${id}`).join(';');
  return { headers: { 'X-Watson-Metadata': Buffer.from(text, 'utf8').toString('latin1') } };
}

// encoded is labelled for Visual Recognition, which wants its IDs URL-encoded in the header.
export const encoded = (...ids) => labelled(...ids.map(encodeURIComponent));
