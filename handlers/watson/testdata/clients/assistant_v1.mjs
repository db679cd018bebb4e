// Assistant v1 (watson-api.md, section 3). v1 and v2 are one instance: v1 lists v2's conversations by the assistant, and its deletion
// reaches both.

import { client, iam, labelled } from './sdk.mjs';
import { logsOf, people as peopleV2 } from './assistant_v2.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].map((sdk) => ({ service: 'assistant-v1', sdk, steps: new Talk(sdk, config).steps() }));

export const people = (sdk) => ({ ann: `v1-ann-${sdk}`, ben: `v1-ben-${sdk}`, carl: `v1-carl-${sdk}`, dora: peopleV2(sdk).dora });
export const workspace = (sdk) => `workspace-${sdk}`;

class Talk {
  constructor(sdk, config) {
    Object.assign(this, { sdk, config, at: config.services.assistant, who: people(sdk), workspaceId: workspace(sdk) });
    this.v1 = this.client();
    this.rubbish = this.client({ headers: { 'X-Watson-Metadata': 'not a label at all' } });
  }

  client(options, at = this.at) {
    return client(this.sdk, 'AssistantV1', at, options);
  }

  steps() {
    return [this.talking(), this.listing(), this.refused(), this.deleting()].flat();
  }

  say(text, options, more = {}, v1 = this.v1) {
    return async () => {
      const response = await v1.message({ workspaceId: this.workspaceId, input: { text }, ...more, ...options });
      this.context = response.result.context;
      return response;
    };
  }

  list(filter, more, v1 = this.v1) {
    return () => v1.listLogs({ workspaceId: this.workspaceId, filter, ...more });
  }

  listAll(filter, more, v1 = this.v1) {
    return () => v1.listAllLogs({ filter, ...more });
  }

  // pages asks until there is no next_cursor.
  pages(list) {
    return async () => {
      const all = [];
      for (let cursor; all.length === 0 || cursor; cursor = all.at(-1).result.pagination.next_cursor) all.push(await list({ pageLimit: 2, cursor })());
      return all;
    };
  }

  talking() {
    const { ann, ben, carl, dora } = this.who;
    const details = { nodesVisitedDetails: true, alternateIntents: true, intents: [{ intent: 'order', confidence: 0.9 }], entities: [] };
    const deployment = { context: { metadata: { deployment: `shop-${this.sdk}` } } };
    return [
      { name: 'message', want: 200, call: this.say('ann one', labelled(ann)), check: wants.messageV1 },
      { name: 'message with its context', want: 200, call: () => this.say('ann two', labelled(ann), { context: this.context })(), check: wants.messageV1 },
      { name: 'message with all it may have', want: 200, call: this.say('ann three', labelled(ann), details), check: wants.both(wants.messageV1, wants.detailsV1) },
      { name: 'message with two IDs', want: 200, call: this.say('ann and ben', labelled(ann, ben)), check: wants.messageV1 },
      { name: 'message of a deployment', want: 200, call: this.say('ann five', labelled(ann), deployment), check: wants.messageV1 },
      { name: 'message labelled by the client', want: 200, call: this.say('ben one', {}, {}, this.client(labelled(ben))), check: wants.messageV1 },
      { name: 'message opted out of learning', want: 200, call: this.say('carl one', { headers: { ...labelled(carl).headers, 'X-Watson-Learning-Opt-Out': 'true' } }), check: wants.messageV1 },
      { name: 'message of somebody whom v2 knows too', want: 200, call: this.say('dora one', labelled(dora)), check: wants.messageV1 },
      { name: 'message without anything', want: 200, call: () => this.v1.message({ workspaceId: 'empty' }), check: wants.messageV1 },
      { name: 'message through IamAuthenticator', want: 200, call: this.say('carl two', labelled(carl), {}, this.client({ authenticator: iam(this.sdk, this.config, this.at.apikey) })), check: wants.messageV1 },
    ];
  }

  listing() {
    const { ann, ben, dora } = this.who;
    const five = ['ann one', 'ann two', 'ann three', 'ann and ben', 'ann five'];
    const mine = `language::en,workspace_id::${this.workspaceId}`;
    const listed = { want: 200, check: wants.both(wants.last(...five), wants.entriesV1) };
    return [
      { name: 'listLogs', ...listed, call: this.list(`customer_id::${ann}`) },
      { name: 'listLogs of a second ID', want: 200, call: this.list(`customer_id::${ben}`), check: wants.last('ann and ben', 'ben one') },
      { name: 'listLogs page by page', want: 200, call: this.pages((more) => this.list(`customer_id::${ann}`, more)), check: wants.pagesOf(2, ...five) },
      { name: 'listAllLogs', ...listed, call: this.listAll(`${mine},customer_id::${ann}`) },
      { name: 'listAllLogs page by page', want: 200, call: this.pages((more) => this.listAll(`${mine},customer_id::${ann}`, more)), check: wants.pagesOf(2, ...five) },
      { name: 'listAllLogs, newest first', want: 200, call: this.listAll(`${mine},customer_id::${ann}`, { sort: '-request_timestamp' }), check: wants.last(...five.toReversed()) },
      {
        name: "listAllLogs shows v2's conversations", want: 200, check: wants.both(wants.last('dora two'), wants.entriesV1),
        call: this.listAll(`language::en,request.context.system.assistant_id::${logsOf(this.sdk)},customer_id::${dora}`),
      },
    ];
  }

  refused() {
    const must = wants.plain('filter must contain');
    const wrong = this.client({}, { ...this.at, apikey: 'wrong' });
    return [
      { name: 'listAllLogs without a language', want: 400, call: this.listAll('workspace_id::w'), check: must },
      { name: 'listAllLogs without a place', want: 400, call: this.listAll('language::en'), check: must },
      { name: 'listAllLogs with a place that is fuzzy', want: 400, call: this.listAll('language::en,workspace_id:w'), check: must },
      { name: 'listLogs with a bad filter', want: 400, call: this.list('response.top_intent'), check: wants.plain('Analytics Service Error: Invalid query request') },
      { name: 'listLogs of a workspace that is no GUID', want: 400, call: () => this.v1.listLogs({ workspaceId: 'a/b' }), check: wants.plain('URL workspaceid parameter is not a valid GUID.') },
      { name: 'an address that is not served', want: 404, call: () => this.v1.listWorkspaces(), check: wants.plain('Resource not found') },
      { name: 'a version that is no date', want: 400, call: this.say('x', {}, {}, this.client({ version: '20200401' })), check: wants.plain('version') },
      { name: 'a conversation with a slash', want: 400, call: this.say('x', {}, { context: { conversation_id: 'a/b' } }), check: wants.field('context.conversation_id', 'not allowed') },
      { name: 'a label that is none', want: 400, call: this.say('x', {}, {}, this.rubbish), check: wants.plain('X-Watson-Metadata') },
      { name: 'a wrong key', want: 401, call: this.say('x', {}, {}, wrong), check: wants.unauthorized },
      { name: 'a label is ignored on listLogs', want: 200, call: this.list('customer_id::nobody', {}, this.rubbish), check: wants.last() },
      { name: 'a label is ignored on listAllLogs', want: 200, call: this.listAll('language::en,workspace_id::none', {}, this.rubbish), check: wants.last() },
    ];
  }

  deleting() {
    const accepted = { want: 202, check: wants.both(wants.empty, wants.limited) };
    const step = (name, customerId, v1 = this.v1) => ({ name: `deleteUserData ${name}`, ...accepted, call: () => v1.deleteUserData({ customerId }) });
    return [
      step('in v1', this.who.ann),
      step('of an ID that nothing bears', 'nobody'),
      step('reaches v2', this.who.dora),
      step('ignores a label', 'nobody', this.rubbish),
      { name: 'deleteUserData of an illegal ID', want: 400, call: () => this.v1.deleteUserData({ customerId: 'a;b' }), check: wants.plain('customer_id') },
    ];
  }
}
