// What is left of documents, queries and events after the batch.

import assert from 'node:assert/strict';
import { client } from './sdk.mjs';
import { found, placeV1, projectV2 } from './discovery.mjs';

export function tables(config) {
  const at = config.services.discovery;
  const v1 = client(6, 'DiscoveryV1', at);
  const queryV1 = (name, question, count) => ({ name: `after the batch: ${name}`, want: 200, call: () => v1.query({ ...placeV1, naturalLanguageQuery: question }), check: found(count) });
  const silent = ({ body }) => assert.ok(body.results.every((entry) => entry.customer_id !== 'd1_ann'), 'the log names nobody who was erased');
  const tablesV2 = [6, 12].map((sdk) => {
    const v2 = client(sdk, 'DiscoveryV2', at);
    const query = (name, question, count) => ({ name: `after the batch: ${name}`, want: 200, call: () => v2.query({ ...projectV2(sdk), naturalLanguageQuery: question }), check: found(count) });
    return { service: 'discovery-v2', sdk, steps: [query('ann', 'apricot', 0), query('ben', 'banana', 1), query('carl', 'cherry', 1)] };
  });
  const log = { name: 'after the batch: queryLog', want: 200, call: () => v1.queryLog({ count: 100 }), check: silent };
  return [{ service: 'discovery-v1', sdk: 6, steps: [log, queryV1('ann', 'apricot', 0), queryV1('ben', 'banana', 1), queryV1('carl', 'cherry', 1)] }, ...tablesV2];
}
