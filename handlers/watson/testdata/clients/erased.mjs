// What is left after the batch: nothing of whom a deletion named, everything of the others, and what came in after the deletion.

import { client } from './sdk.mjs';
import { escaped, logsOf, people as peopleV2 } from './assistant_v2.mjs';
import { people as peopleV1, workspace } from './assistant_v1.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].flatMap((sdk) => [
  { service: 'assistant-v2', sdk, steps: v2(sdk, config.services.assistant) },
  { service: 'assistant-v1', sdk, steps: v1(sdk, config.services.assistant) },
]);

function v2(sdk, at) {
  const assistant = client(sdk, 'AssistantV2', at);
  const left = Object.entries({ ann: [], ben: ['ben one', 'ben two'], carl: ['carl one', 'carl packed '.repeat(200), 'carl two'], dora: [], eve: ['eve after'], odd: [], spaced: ['spaced one'], wide: [], slack: ['slack one'] });
  return left.map(([name, texts]) => ({
    name: `after the batch: ${name}`, want: 200, check: wants.last(...texts),
    call: () => assistant.listLogs({ assistantId: logsOf(sdk), filter: `customer_id::${escaped(peopleV2(sdk)[name])}` }),
  }));
}

function v1(sdk, at) {
  const assistant = client(sdk, 'AssistantV1', at);
  const { ann, ben, carl, dora } = peopleV1(sdk);
  const listed = (name, customer, ...texts) => ({
    name: `after the batch: ${name}`, want: 200, check: wants.last(...texts),
    call: () => assistant.listLogs({ workspaceId: workspace(sdk), filter: `customer_id::${customer}` }),
  });
  const all = (name, filter, ...texts) => ({
    name: `after the batch: ${name}`, want: 200, check: wants.last(...texts), call: () => assistant.listAllLogs({ filter: `language::en,${filter}` }),
  });
  return [
    listed('ann', ann), listed('ben', ben, 'ben one'), listed('carl', carl, 'carl one', 'carl two'), listed('dora', dora),
    all('listAllLogs of ann', `workspace_id::${workspace(sdk)},customer_id::${ann}`),
    all('listAllLogs of dora in v2', `request.context.system.assistant_id::${logsOf(sdk)},customer_id::${dora}`),
    all('listAllLogs of the workspace', `workspace_id::${workspace(sdk)}`, 'ben one', 'carl one', 'carl two'),
  ];
}
