// Too many wrong keys from one address: 429, which says when to come again, while good keys go on. The last part: it uses the limit up.

import { client, iam } from './sdk.mjs';
import * as wants from './shapes.mjs';

export const tables = (config) => [6, 12].map((sdk) => ({ service: 'limits', sdk, steps: steps(sdk, config) }));

function steps(sdk, config) {
  const at = config.services.discovery;
  const wrong = { ...at, apikey: 'wrong' };
  const ask = (by) => by.deleteUserData({ customerId: 'nobody' });
  const good = client(sdk, 'DiscoveryV2', at);
  const bad = client(sdk, 'DiscoveryV2', wrong);
  const patient = client(sdk, 'DiscoveryV2', wrong);
  patient.enableRetries({ maxRetries: 2, maxRetryInterval: 2 });
  const byToken = () => client(sdk, 'DiscoveryV2', at, { authenticator: iam(sdk, config, 'wrong') });
  return [
    { name: 'wrong keys', want: 429, call: () => untilMany(() => ask(bad)), check: wants.tooMany },
    { name: 'wrong keys for a token', want: 429, call: () => untilMany(() => ask(byToken())), check: wants.tooManyTokens },
    { name: 'a good key', want: 200, call: () => ask(good), check: wants.empty },
    { name: 'a client that comes again when it is told to', want: 401, call: async () => untilMany(() => ask(bad)).catch(() => ask(patient)), check: wants.unauthorized },
  ];
}

// untilMany asks until the answer is no longer that the key is wrong.
async function untilMany(call) {
  for (let n = 0; n < 200; n++) {
    try {
      return await call();
    } catch (error) {
      if (error.status === 429) throw error;
    }
  }
  throw new Error('200 wrong keys were answered without a 429');
}
