// The filter language (watson-api.md, section 8) as clients put it on the wire: what each filter finds among the same few messages, in
// v2 and in v1.

import { client, labelled } from './sdk.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].flatMap((sdk) => [
  { service: 'filters-v2', sdk, steps: v2(sdk, config.services.assistant) },
  { service: 'filters-v1', sdk, steps: v1(sdk, config.services.assistant) },
]);

const intent = (name, confidence) => ({ intent: name, confidence });
const soda = { entity: 'beverage', value: 'soda', location: [16, 20], confidence: 1 };

// said is what was said, by whom, and what somebody had recognised in it.
const said = {
  greeting: { text: 'hello there', ids: ['abc'], intents: [intent('hello', 0.9)] },
  order: { text: 'I am ordering a soda', ids: ['abc', 'xyz'], intents: [intent('order', 0.95), intent('hello', 0.2)], entities: [soda] },
  phrase: { text: 'IBM Watson', ids: ['xyz'], intents: [intent('goodbye', 0.6)] },
  within: { text: 'please ask IBM Watson again', ids: ['intercom_5ab'] },
  exclaimed: { text: '!hello', ids: ['a:b,c'] },
  comments: { text: 'no comments' },
};

const all = Object.keys(said);
const but = (...names) => all.filter((name) => !names.includes(name));

// both are the filters whose fields v1 and v2 share.
const shared = {
  'customer_id::abc': ['greeting', 'order'],
  'customer_id::"a:b,c"': ['exclaimed'],
  'customer_id::a\\:b\\,c': ['exclaimed'],
  'customer_id::(abc|xyz)': ['greeting', 'order', 'phrase'],
  '(customer_id::abc|customer_id::xyz)': ['greeting', 'order', 'phrase'],
  'customer_id::!abc': but('greeting', 'order'),
  'customer_id::intercom_*': ['within'],
  'language::en': all,
  'language::de': [],
  'response_timestamp>=2020-07-01,response_timestamp<2020-08-01': [],
  'customer_id::abc,request_timestamp>=2024-01-01': ['greeting', 'order'],
  'response_timestamp<2019-11-01T04:00:00.000Z': [],
  'request.input.text:order': ['order'],
  'request.input.text:!order': but('order'),
  'request.input.text::"IBM Watson"': ['phrase'],
  'request.input.text:"IBM Watson"': ['phrase', 'within'],
  'request.input.text:\\!hello': ['exclaimed'],
  'request.input.text:Watsin~2': ['phrase', 'within'],
  'request.input.text:comm*s': ['comments'],
  'request.input.text::!""': all,
};

const onlyV2 = {
  'response.output.intents:intent::hello': ['greeting', 'order'],
  'response.output.intents:intent::(hello|goodbye)': ['greeting', 'order', 'phrase'],
  'response.output.entities:value::soda': ['order'],
  'request.input.intents:intent::hello': ['greeting', 'order'],
  '[response.output.intents:intent::order,response.output.entities:entity::beverage]': ['order'],
};

const onlyV1 = {
  'response.top_intent::!hello': but('greeting'),
  'response.intents:confidence>0.8': ['greeting', 'order'],
  'response.intents:(intent:hello,confidence>=0.8)': ['greeting'],
  'meta.message.entities_count>0': ['order'],
  'request.context.metadata.deployment::my_app': ['comments'],
};

const finds = (filters, list) => Object.entries(filters).map(([filter, names]) => ({
  name: filter, want: 200, check: wants.last(...names.map((name) => said[name].text)), call: () => list(filter),
}));

function v2(sdk, at) {
  const assistant = client(sdk, 'AssistantV2', at);
  const place = sdk === 12 ? { assistantId: 'any', environmentId: 'filters-12' } : { assistantId: 'filters-6' };
  const send = ({ text, ids, intents, entities }) => assistant.messageStateless({ ...place, input: { text, intents, entities }, ...(ids && labelled(...ids)) });
  return [
    ...all.map((name) => ({ name: `say ${name}`, want: 200, call: () => send(said[name]), check: wants.messageV2({ turn: 1 }) })),
    ...finds({ ...shared, ...onlyV2, [`assistant_id::filters-${sdk}`]: all }, (filter) => assistant.listLogs({ assistantId: `filters-${sdk}`, filter })),
  ];
}

function v1(sdk, at) {
  const assistant = client(sdk, 'AssistantV1', at);
  const workspaceId = `filters-${sdk}`;
  const context = (name) => (name === 'comments' ? { metadata: { deployment: 'my_app' } } : undefined);
  const send = (name, { text, ids, intents, entities }) => assistant.message({ workspaceId, input: { text }, intents, entities, context: context(name), ...(ids && labelled(...ids)) });
  const everywhere = { [`workspace_id::${workspaceId},customer_id::abc`]: ['greeting', 'order'], 'request.context.metadata.deployment::my_app': ['comments'] };
  return [
    ...all.map((name) => ({ name: `say ${name}`, want: 200, call: () => send(name, said[name]), check: wants.messageV1 })),
    ...finds({ ...shared, ...onlyV1 }, (filter) => assistant.listLogs({ workspaceId, filter })),
    ...finds(everywhere, (filter) => assistant.listAllLogs({ filter: `language::en,${filter},workspace_id::${workspaceId}` })),
  ];
}
