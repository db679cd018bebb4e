// What is left of classifiers and collections after the batch.

import assert from 'node:assert/strict';
import { client } from './sdk.mjs';

export function tables(config) {
  const at = config.services['visual-recognition'];
  const left = (list, part, ...names) => ({ body }) => assert.deepEqual(body[list].map(({ name }) => name).filter((name) => name?.startsWith(part)).sort(), names);
  const v3 = client(6, 'VisualRecognitionV3', at);
  const v4 = client(6, 'VisualRecognitionV4', at);
  return [
    { service: 'visual-recognition-v3', sdk: 6, steps: [{ name: 'after the batch', want: 200, call: () => v3.listClassifiers(), check: left('classifiers', 'v3 ', 'v3 ben', 'v3 nobody') }] },
    { service: 'visual-recognition-v4', sdk: 6, steps: [{ name: 'after the batch', want: 200, call: () => v4.listCollections(), check: left('collections', 'v4-', 'v4-ben') }] },
  ];
}
