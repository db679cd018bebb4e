// Discovery (watson-api.md, section 5): documents, whose header beats the customer_id of their metadata, queries, events and v1's query
// log. What a deletion leaves is looked at by "discovery_erased", after the batch.

import assert from 'node:assert/strict';
import { client, labelled } from './sdk.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [
  { service: 'discovery-v1', sdk: 6, steps: v1(6, config.services.discovery) },
  { service: 'discovery-v2', sdk: 6, steps: v2(6, config.services.discovery) },
  { service: 'discovery-v2', sdk: 12, steps: v2(12, config.services.discovery) },
];

export const placeV1 = { environmentId: 'environment-1', collectionId: 'collection-1' };
export const projectV2 = (sdk) => ({ projectId: `project-${sdk}` });

const optOut = { headers: { 'X-Watson-Logging-Opt-Out': 'true' } };

const document = (text, customer) => ({
  file: Buffer.from(JSON.stringify({ text })), filename: 'letter.json', fileContentType: 'application/json',
  ...(customer !== undefined && { metadata: JSON.stringify({ customer_id: customer }) }),
});

const accepted = ({ body }) => {
  assert.equal(typeof body.document_id, 'string');
  assert.ok(['pending', 'processing'].includes(body.status), body.status);
};

// found is an answer to a query with so many results.
export const found = (count) => ({ body }) => {
  assert.equal(body.matching_results, count);
  assert.equal(body.results.length, count);
  for (const result of body.results) assert.ok(typeof result.id === 'string' || typeof result.document_id === 'string', 'the ID of the document');
};

function v1(sdk, at) {
  const discovery = client(sdk, 'DiscoveryV1', at);
  const add = (text, customer, more) => () => discovery.addDocument({ ...placeV1, ...document(text, customer), ...more });
  const query = (question, more) => () => discovery.query({ ...placeV1, naturalLanguageQuery: question, passages: true, count: 3, ...more });
  let token;
  let documentId;
  const event = (more) => () => discovery.createEvent({
    type: 'click', data: { environment_id: placeV1.environmentId, collection_id: placeV1.collectionId, document_id: documentId, session_token: token }, ...more,
  });
  const asked = async () => {
    const response = await query('apricot', labelled('d1_ann'))();
    token = response.result.session_token;
    documentId = response.result.results[0].id;
    return response;
  };
  const logged = ({ body }) => {
    const questions = body.results.map((entry) => entry.natural_language_query);
    assert.ok(questions.includes('apricot'), 'the query stands in the log');
    assert.ok(!questions.includes('quince'), 'the query that was opted out does not');
  };
  return [
    { name: 'addDocument', want: 202, call: add('An apricot for Ann', 'd1_ann'), check: accepted },
    { name: 'addDocument labelled by its header', want: 202, call: add('A banana for Ben', undefined, labelled('d1_ben')), check: accepted },
    { name: 'addDocument whose header beats its metadata', want: 202, call: add('A cherry for Carl', 'd1_ann', labelled('d1_carl')), check: accepted },
    { name: 'addDocument without a label', want: 202, call: add('A quince for nobody'), check: accepted },
    { name: 'addDocument with a blank ID', want: 202, call: add('A plum for nobody', ''), check: accepted },
    { name: 'query', want: 200, call: asked, check: found(1) },
    { name: 'query that is not logged', want: 200, call: query('quince', optOut), check: found(1) },
    { name: 'query that finds nothing', want: 200, call: query('zucchini'), check: found(0) },
    { name: 'createEvent', want: 201, call: event(labelled('d1_ann')), check: ({ body }) => assert.equal(body.type, 'click') },
    { name: 'queryLog', want: 200, call: () => discovery.queryLog({ count: 100 }), check: logged },
    { name: 'a version that is no date', want: 400, call: () => client(sdk, 'DiscoveryV1', at, { version: 'newest' }).query({ ...placeV1, query: 'x' }), check: wants.plain('version') },
    { name: 'deleteUserData', want: 200, call: () => discovery.deleteUserData({ customerId: 'd1_ann' }), check: wants.empty },
  ];
}

function v2(sdk, at) {
  const discovery = client(sdk, 'DiscoveryV2', at);
  const project = projectV2(sdk);
  const collectionId = `collection-${sdk}`;
  const add = (text, customer, more) => () => discovery.addDocument({ ...project, collectionId, ...document(text, customer), ...more });
  const query = (question, more) => () => discovery.query({ ...project, naturalLanguageQuery: question, count: 3, ...more });
  return [
    { name: 'addDocument', want: 202, call: add('An apricot for Ann', `d2_ann_${sdk}`), check: accepted },
    { name: 'addDocument labelled by its header', want: 202, call: add('A banana for Ben', undefined, labelled(`d2_ben_${sdk}`)), check: accepted },
    { name: 'addDocument whose header beats its metadata', want: 202, call: add('A cherry for Carl', `d2_ann_${sdk}`, labelled(`d2_carl_${sdk}`)), check: accepted },
    { name: 'query', want: 200, call: query('apricot', labelled(`d2_ann_${sdk}`)), check: found(1) },
    { name: 'query of one collection', want: 200, call: query('banana', { collectionIds: [collectionId] }), check: found(1) },
    { name: 'query that finds nothing', want: 200, call: query('zucchini'), check: found(0) },
    { name: 'deleteUserData', want: 200, call: () => discovery.deleteUserData({ customerId: `d2_ann_${sdk}` }), check: wants.empty },
  ];
}
