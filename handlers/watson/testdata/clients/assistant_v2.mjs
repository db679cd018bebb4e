// Assistant v2 (watson-api.md, section 2): conversations, messages, logs, deletions and what is refused. What the deletions leave is
// looked at by the part "erased", after the batch.

import { bearer, client, iam, labelled } from './sdk.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].map((sdk) => ({ service: 'assistant-v2', sdk, steps: new Talk(sdk, config).steps() }));

// people are the customer IDs of one client's conversations.
export const people = (sdk) => ({
  ann: `v2-ann-${sdk}`, ben: `v2-ben-${sdk}`, carl: `v2-carl-${sdk}`, dora: `v2-dora-${sdk}`, eve: `v2-eve-${sdk}`,
  odd: `v2 a:b,c|"d"*(${sdk})`, spaced: `v2 e:f, g (${sdk})`, wide: `v2_客_${sdk}`, slack: `slack_T09${sdk}U7`,
});

// place is where a conversation is held: 12 has environments, and logs are listed by the environment.
export const place = (sdk) => (sdk === 12 ? { assistantId: 'assistant-12', environmentId: 'environment-12' } : { assistantId: 'assistant-6' });
export const logsOf = (sdk) => (sdk === 12 ? 'environment-12' : 'assistant-6');

// escaped is an ID as it stands in a filter: control characters are escaped one by one.
export const escaped = (id) => id.replace(/[^\p{L}\p{N}_-]/gu, '\\$&');

class Talk {
  constructor(sdk, config) {
    Object.assign(this, { sdk, config, at: config.services.assistant, who: people(sdk), place: place(sdk) });
    this.v2 = this.client();
    this.ben = this.client(labelled(this.who.ben));
    this.rubbish = this.client({ headers: { 'X-Watson-Metadata': 'not a label at all' } });
    this.patient = this.client();
    this.patient.enableRetries({ maxRetries: 2, maxRetryInterval: 1 });
  }

  client(options, at = this.at) {
    return client(this.sdk, 'AssistantV2', at, options);
  }

  steps() {
    return [this.talking(), this.listing(), this.filtering(), this.refused(), this.wayIn(), this.deleting()].flat();
  }

  open(v2 = this.v2) {
    return async () => {
      const response = await v2.createSession({ ...this.place });
      this.session = response.result.session_id;
      return response;
    };
  }

  say(text, options, more = {}, v2 = this.v2) {
    return () => v2.message({ ...this.place, sessionId: this.session, input: { message_type: 'text', text, ...more }, ...options });
  }

  sayOnce(text, options, more = {}, v2 = this.v2) {
    return async () => {
      const response = await v2.messageStateless({ ...this.place, input: { text }, ...more, ...options });
      this.context = response.result.context;
      return response;
    };
  }

  list(filter, more, v2 = this.v2) {
    return () => v2.listLogs({ assistantId: logsOf(this.sdk), filter, ...more });
  }

  pages(pageLimit, sort) {
    return async () => {
      const all = [];
      for (let cursor; all.length === 0 || cursor; cursor = all.at(-1).result.pagination.next_cursor) {
        all.push(await this.list(`customer_id::${this.who.ann}`, { pageLimit, sort, cursor })());
      }
      return all;
    };
  }

  // nextURL follows next_url as a program does that does not look into it.
  async nextURL() {
    const { result } = await this.list(`customer_id::${this.who.ann}`, { pageLimit: 4 })();
    const authorization = `Basic ${btoa(`apikey:${this.at.apikey}`)}`;
    const response = await fetch(new URL(result.pagination.next_url, this.at.url), { headers: { authorization } });
    return { status: response.status, headers: Object.fromEntries(response.headers), result: await response.json() };
  }

  delete(customerId, v2 = this.v2) {
    return () => v2.deleteUserData({ customerId });
  }

  talking() {
    const { ann, ben, carl, dora, eve, odd, spaced, wide, slack } = this.who;
    const optOut = { headers: { ...labelled(carl).headers, 'X-Watson-Learning-Opt-Out': true } };
    const lower = { headers: { 'x-watson-metadata': `customer_id=${slack}` } };
    return [
      { name: 'createSession', want: 201, call: this.open(), check: wants.session },
      { name: 'message', want: 200, call: this.say('ann one', labelled(ann)), check: wants.messageV2() },
      { name: 'message asks for the context', want: 200, call: this.say('ann two', labelled(ann), { options: { return_context: true } }), check: wants.messageV2({ turn: 2 }) },
      { name: 'message labelled by the client', want: 200, call: this.say('ben one', {}, {}, this.ben), check: wants.messageV2() },
      { name: 'message with two IDs', want: 200, call: this.say('ann and ben', labelled(ann, ben)), check: wants.messageV2() },
      { name: 'message opted out of learning', want: 200, call: this.say('carl one', optOut), check: wants.messageV2() },
      { name: 'message with the header in lower case', want: 200, call: this.say('slack one', lower), check: wants.messageV2() },
      { name: 'message with an ID of control characters', want: 200, call: this.say('odd one', labelled(odd)), check: wants.messageV2() },
      { name: 'message with an ID with blanks', want: 200, call: this.say('spaced one', labelled(spaced)), check: wants.messageV2() },
      { name: 'message with an ID beyond ASCII', want: 200, call: this.say('wide one', labelled(wide)), check: wants.messageV2() },
      { name: 'message without a label', want: 200, call: this.say('nobody one'), check: wants.messageV2() },
      { name: 'messageStateless', want: 200, call: this.sayOnce('ann three', labelled(ann)), check: wants.messageV2({ turn: 1 }) },
      {
        name: 'messageStateless with its context', want: 200, check: wants.messageV2({ turn: 2 }),
        call: () => this.sayOnce('ann four', labelled(ann), { context: this.context })(),
      },
      { name: 'messageStateless labelled by the client', want: 200, call: this.sayOnce('ben two', {}, {}, this.ben), check: wants.messageV2({ turn: 1 }) },
      { name: 'message of somebody who writes again', want: 200, call: this.say('eve before', labelled(eve)), check: wants.messageV2() },
      { name: 'message of somebody whom v1 knows too', want: 200, call: this.say('dora two', labelled(dora)), check: wants.messageV2() },
    ];
  }

  listing() {
    const { ann, ben } = this.who;
    const five = ['ann one', 'ann two', 'ann and ben', 'ann three', 'ann four'];
    return [
      { name: 'listLogs', want: 200, call: this.list(`customer_id::${ann}`, { pageLimit: 100 }), check: wants.both(wants.last(...five), wants.entriesV2(ann), wants.limited) },
      { name: 'listLogs of a second ID', want: 200, call: this.list(`customer_id::${ben}`), check: wants.last('ben one', 'ann and ben', 'ben two') },
      { name: 'listLogs of nobody', want: 200, call: this.list('customer_id::nobody'), check: wants.last() },
      { name: 'listLogs page by page', want: 200, call: this.pages(2, 'request_timestamp'), check: wants.pagesOf(2, ...five) },
      { name: 'listLogs, one to a page', want: 200, call: this.pages(1), check: wants.pagesOf(1, ...five) },
      { name: 'listLogs, newest first', want: 200, call: this.pages(2, '-request_timestamp'), check: wants.pagesOf(2, ...five.toReversed()) },
      { name: 'listLogs, a page as long as the list', want: 200, call: this.pages(5), check: wants.pagesOf(5, ...five) },
      { name: 'listLogs, the absurd page of the wild', want: 200, call: this.pages(500000), check: wants.pagesOf(500000, ...five) },
      { name: 'next_url', want: 200, call: () => this.nextURL(), check: wants.last('ann four') },
    ];
  }

  filtering() {
    const { ann, ben, odd, spaced, wide, slack } = this.who;
    const from = new Date(Date.now() - 864e5).toISOString();
    const here = () => `session_id::${this.session}`;
    const step = (filter, ...texts) => ({
      name: `filter ${filter.replaceAll(`-${this.sdk}`, '')}`, want: 200, check: wants.last(...texts),
      call: () => this.list(filter.replace('HERE', here()).replace('TODAY', from))(),
    });
    return [
      step(`customer_id::"${spaced}"`, 'spaced one'),
      step(`customer_id::${escaped(odd)}`, 'odd one'),
      step(`customer_id::${wide}`, 'wide one'),
      step(`customer_id::${slack}`, 'slack one'),
      step(`HERE,customer_id::(${ann}|${ben})`, 'ann one', 'ann two', 'ben one', 'ann and ben'),
      step(`(customer_id::${ann}|customer_id::${ben}),HERE`, 'ann one', 'ann two', 'ben one', 'ann and ben'),
      step('HERE,customer_id::v2-b*', 'ben one', 'ann and ben'),
      step(`HERE,customer_id::${ann},request_timestamp>=TODAY`, 'ann one', 'ann two', 'ann and ben'),
      step('HERE,response_timestamp<2019-11-01T04:00:00.000Z'),
    ];
  }

  refused() {
    const gone = { ...this.place, sessionId: '00000000-0000-4000-8000-000000000000' };
    const nowhere = { ...this.at, url: this.at.url.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000') };
    const invalidSession = wants.plain('Invalid Session');
    return [
      { name: 'message in an unknown session', want: 404, call: () => this.v2.message({ ...gone, input: { text: 'x' } }), check: invalidSession },
      { name: 'deleteSession of an unknown session', want: 404, call: () => this.v2.deleteSession(gone), check: invalidSession },
      { name: 'an unknown instance', want: 404, call: this.open(this.client({}, nowhere)), check: wants.plain('Resource not found') },
      { name: 'an address that is not served', want: 404, call: () => this.v2.bulkClassify({ skillId: 's', input: [{ text: 'x' }] }), check: wants.plain('Resource not found') },
      { name: 'an assistant that is no GUID', want: 400, call: () => this.v2.createSession({ ...this.place, assistantId: 'a b/c', environmentId: 'e' }), check: wants.plain('assistantid parameter is not a valid GUID') },
      { name: 'a version that is no date', want: 400, call: this.open(this.client({ version: 'newest' })), check: wants.plain('version') },
      { name: 'a line break in the text', want: 400, call: this.say('a\nb'), check: wants.field('input.text', 'newline') },
      { name: 'a type of message that there is not', want: 400, call: this.say('x', {}, { message_type: 'voice' }), check: wants.field('input.message_type', 'text or search') },
      { name: 'a label that is none', want: 400, call: this.say('x', {}, {}, this.rubbish), check: wants.plain('X-Watson-Metadata') },
      { name: 'filter that ends early', want: 400, call: this.list('customer_id::'), check: wants.plain('Analytics Service Error: Invalid query request') },
      { name: 'filter with an operator that there is not', want: 400, call: this.list('customer_id:^abc'), check: wants.plain('at byte') },
      { name: 'filter on an unknown field', want: 400, call: this.list('nonsense::abc'), check: wants.plain('at byte') },
      { name: 'filter with an open bracket', want: 400, call: this.list('(customer_id::abc'), check: wants.plain('Invalid query request') },
      { name: 'sort by what is not sorted by', want: 400, call: this.list(undefined, { sort: 'log_id' }), check: wants.plain('sort') },
      { name: 'page_limit 0', want: 400, call: this.list(undefined, { pageLimit: 0 }), check: wants.plain('page_limit') },
      { name: 'a cursor that was made up', want: 400, call: this.list(undefined, { cursor: 'abc' }), check: wants.plain('cursor') },
      { name: 'deleteUserData of an illegal ID', want: 400, call: this.delete('a=b'), check: wants.plain('customer_id') },
    ];
  }

  wayIn() {
    const wrong = this.client({}, { ...this.at, apikey: 'wrong' });
    const packing = this.client({ enableGzipCompression: true });
    const by = (authenticator) => this.client({ authenticator });
    const withToken = async () => this.open(by(bearer(this.sdk, await iam(this.sdk, this.config, this.at.apikey).tokenManager.getToken())))();
    const ignored = 'a label is ignored on';
    return [
      { name: 'a wrong key', want: 401, call: this.open(wrong), check: wants.unauthorized },
      { name: 'a wrong key lists', want: 401, call: this.list('customer_id::x', {}, wrong), check: wants.unauthorized },
      { name: 'a wrong key deletes', want: 401, call: this.delete('x', wrong), check: wants.unauthorized },
      { name: 'the key of another instance', want: 404, call: this.open(this.client({}, { ...this.at, apikey: this.config.services.discovery.apikey })), check: wants.plain('Resource not found') },
      { name: 'IamAuthenticator', want: 201, call: this.open(by(iam(this.sdk, this.config, this.at.apikey))), check: wants.session },
      { name: 'IamAuthenticator with a wrong key', want: 400, call: this.open(by(iam(this.sdk, this.config, 'wrong'))), check: wants.token('API key could not be found') },
      { name: 'BearerTokenAuthenticator', want: 201, call: withToken, check: wants.session },
      { name: 'BearerTokenAuthenticator with a wrong token', want: 401, call: this.open(by(bearer(this.sdk, 'a.b.c'))), check: wants.unauthorized },
      { name: `${ignored} createSession`, want: 201, call: this.open(this.rubbish), check: wants.session },
      { name: `${ignored} listLogs`, want: 200, call: this.list('customer_id::nobody', {}, this.rubbish), check: wants.last() },
      { name: `${ignored} deleteUserData`, want: 202, call: this.delete('nobody', this.rubbish), check: wants.empty },
      { name: `${ignored} deleteSession`, want: 200, call: () => this.rubbish.deleteSession({ ...this.place, sessionId: this.session }), check: wants.empty },
      { name: 'message after deleteSession', want: 404, call: this.say('x'), check: wants.plain('Invalid Session') },
      { name: 'with gzip: createSession', want: 201, call: this.open(packing), check: wants.session },
      { name: 'with gzip: message', want: 200, call: this.say('carl packed '.repeat(200), labelled(this.who.carl), {}, packing), check: wants.messageV2() },
      { name: 'with retries: createSession', want: 201, call: this.open(this.patient), check: wants.session },
      { name: 'with retries: message', want: 200, call: this.say('carl two', labelled(this.who.carl), {}, this.patient), check: wants.messageV2() },
      { name: 'with retries: a message is kept once', want: 200, call: () => this.list(`session_id::${this.session}`, {}, this.patient)(), check: wants.last('carl two') },
      { name: 'with retries: 404', want: 404, call: () => this.patient.deleteSession({ ...this.place, sessionId: 'gone' }), check: wants.plain('Invalid Session') },
      { name: 'with retries: 400', want: 400, call: this.list('nonsense::abc', {}, this.patient), check: wants.plain('at byte') },
    ];
  }

  deleting() {
    const { ann, eve, odd, wide } = this.who;
    const accepted = { want: 202, check: wants.both(wants.empty, wants.limited) };
    return [
      { name: 'deleteUserData', ...accepted, call: this.delete(ann) },
      { name: 'deleteUserData again', ...accepted, call: this.delete(ann) },
      { name: 'deleteUserData with retries', ...accepted, call: this.delete(ann, this.patient) },
      { name: 'deleteUserData of an ID that nothing bears', ...accepted, call: this.delete('nobody') },
      { name: 'deleteUserData of an ID of control characters', ...accepted, call: this.delete(odd) },
      { name: 'deleteUserData of an ID beyond ASCII', ...accepted, call: this.delete(wide) },
      { name: 'deleteUserData of somebody who writes again', ...accepted, call: this.delete(eve) },
      { name: 'message after the deletion', want: 200, call: this.say('eve after', labelled(eve)), check: wants.messageV2() },
      { name: 'deleteSession', want: 200, call: () => this.v2.deleteSession({ ...this.place, sessionId: this.session }), check: wants.empty },
    ];
  }
}
