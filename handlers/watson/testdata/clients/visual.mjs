// Visual Recognition (watson-api.md, section 4): classifiers of v3 and collections of v4, which the last client that knows them makes,
// fills, changes and deletes. What a deletion by label leaves is looked at by "visual_erased", after the batch.

import assert from 'node:assert/strict';
import { client, encoded } from './sdk.mjs';
import { pictures, png } from './fixtures.mjs';
import * as wants from './shapes.mjs';

const sdk = 6;

export const tables = (config) => [
  { service: 'visual-recognition-v3', sdk, steps: v3(config.services['visual-recognition']) },
  { service: 'visual-recognition-v4', sdk, steps: v4(config.services['visual-recognition']) },
];

const apples = pictures('apple', 10);

// classifier is a whole one with these classes.
const classifier = (name, ...classes) => ({ body }) => {
  assert.equal(typeof body.classifier_id, 'string');
  assert.equal(body.name, name);
  assert.ok(['ready', 'training', 'retraining', 'failed'].includes(body.status), body.status);
  assert.deepEqual(body.classes.map((one) => one.class).sort(), classes.toSorted());
};

const named = (list, ...names) => ({ body }) => {
  const found = body[list].map(({ name }) => name);
  for (const name of names) assert.ok(found.includes(name), `${name} is listed`);
};

function v3(at) {
  const open = (options) => client(sdk, 'VisualRecognitionV3', at, options);
  const visual = open();
  const ids = {};
  const create = (name, more, by = visual) => async () => {
    const response = await by.createClassifier({ name, positiveExamples: { apple: apples }, ...more });
    ids[name] = response.result.classifier_id;
    return response;
  };
  const negative = { negativeExamples: pictures('nothing', 10), negativeExamplesFilename: 'neg.zip' };
  const both = { positiveExamples: { apple: apples, pear: pictures('pear', 10) } };
  const get = (name) => () => visual.getClassifier({ classifierId: ids[name] ?? name });
  const optOut = { headers: { ...encoded('carl').headers, 'X-Watson-Learning-Opt-Out': 'true' } };
  return [
    { name: 'createClassifier', want: 200, call: create('v3 ann', encoded('v3_ann')), check: classifier('v3 ann', 'apple') },
    { name: 'createClassifier, two classes and negative examples', want: 200, call: create('v3 wide', { ...both, ...negative, ...encoded('v3_客_x') }), check: classifier('v3 wide', 'apple', 'pear') },
    { name: 'createClassifier with two IDs', want: 200, call: create('v3 two', encoded('v3_ann', 'v3_ben')), check: classifier('v3 two', 'apple') },
    { name: 'createClassifier without a label', want: 200, call: create('v3 nobody'), check: classifier('v3 nobody', 'apple') },
    { name: 'createClassifier labelled by the client', want: 200, call: create('v3 ben', {}, open(encoded('v3_ben'))), check: classifier('v3 ben', 'apple') },
    { name: 'createClassifier opted out of learning', want: 200, call: create('v3 carl', optOut), check: classifier('v3 carl', 'apple') },
    { name: 'createClassifier with an illegal ID', want: 400, call: create('x', encoded('a-b')), check: wants.visualV3('letters, digits') },
    { name: 'createClassifier with too few pictures', want: 400, call: create('x', { positiveExamples: { apple: pictures('apple', 9) } }), check: wants.visualV3('10') },
    { name: 'createClassifier with what is no archive', want: 400, call: create('x', { positiveExamples: { apple: Buffer.from('no zip') } }), check: wants.visualV3('') },
    { name: 'createClassifier without pictures', want: 400, call: create('x', { positiveExamples: {} }), check: wants.visualV3('positive_examples') },
    { name: 'listClassifiers', want: 200, call: () => visual.listClassifiers(), check: named('classifiers', 'v3 ann', 'v3 wide', 'v3 nobody') },
    { name: 'listClassifiers, all of each', want: 200, call: () => visual.listClassifiers({ verbose: true }), check: named('classifiers', 'v3 ann', 'v3 wide') },
    { name: 'getClassifier', want: 200, call: get('v3 wide'), check: classifier('v3 wide', 'apple', 'pear') },
    { name: 'getClassifier of an unknown one', want: 404, call: get('none'), check: wants.visualV3('') },
    {
      name: 'updateClassifier', want: 200, check: classifier('v3 nobody', 'apple', 'plum'),
      call: () => visual.updateClassifier({ classifierId: ids['v3 nobody'], positiveExamples: { plum: pictures('plum', 10) }, ...encoded('v3_dora') }),
    },
    { name: 'deleteClassifier', want: 200, call: () => visual.deleteClassifier({ classifierId: ids['v3 carl'] }), check: wants.empty },
    { name: 'getClassifier after its deletion', want: 404, call: get('v3 carl'), check: wants.visualV3('') },
    { name: 'deleteClassifier again', want: 404, call: () => visual.deleteClassifier({ classifierId: ids['v3 carl'] }), check: wants.visualV3('') },
    { name: 'deleteUserData', want: 202, call: () => visual.deleteUserData({ customerId: 'v3_ann' }), check: wants.empty },
    { name: 'deleteUserData beyond ASCII', want: 202, call: () => visual.deleteUserData({ customerId: 'v3_客_x' }), check: wants.empty },
  ];
}

const collection = (name, images) => ({ body }) => {
  assert.equal(typeof body.collection_id, 'string');
  if (name !== undefined) assert.equal(body.name, name);
  assert.equal(body.image_count, images);
  for (const moment of [body.created, body.updated]) assert.ok(!Number.isNaN(Date.parse(moment)), moment);
  for (const state of ['ready', 'in_progress', 'data_changed', 'latest_failed']) assert.equal(typeof body.training_status.objects[state], 'boolean', state);
};

const images = (count) => ({ body }) => {
  assert.equal(body.images.length, count);
  for (const image of body.images) assert.equal(typeof image.image_id, 'string');
};

function v4(at) {
  const open = (options) => client(sdk, 'VisualRecognitionV4', at, options);
  const visual = open();
  const ids = {};
  let imageId;
  const create = (name, more, by = visual) => async () => {
    const response = await by.createCollection({ name, ...more });
    ids[name] = response.result.collection_id;
    return response;
  };
  const file = (n) => ({ data: png(16, 8, [n, 50, 50]), filename: `picture-${n}.png`, contentType: 'image/png' });
  const files = (count) => Array.from({ length: count }, (_, n) => file(n));
  const of = (name) => ({ collectionId: ids[name] ?? name });
  const add = (name, more) => async () => {
    const response = await visual.addImages({ ...of(name), ...more });
    imageId = response.result.images[0].image_id;
    return response;
  };
  const added = (answer) => {
    images(2)(answer);
    const [one] = answer.body.images;
    assert.deepEqual(one.dimensions, { height: 8, width: 16 });
    assert.equal(one.source.type, 'file');
    assert.equal(one.source.filename, 'picture-0.png');
  };
  return [
    { name: 'createCollection', want: 200, call: create('v4-ann', { description: 'Fruit', ...encoded('v4_ann') }), check: collection('v4-ann', 0) },
    { name: 'createCollection without anything', want: 200, call: create(undefined), check: collection(undefined, 0) },
    { name: 'createCollection beyond ASCII', want: 200, call: create('v4-wide', encoded('v4_客_x')), check: collection('v4-wide', 0) },
    { name: 'createCollection labelled by the client', want: 200, call: create('v4-ben', {}, open(encoded('v4_ben'))), check: collection('v4-ben', 0) },
    { name: 'createCollection with an illegal ID', want: 400, call: create('x', encoded('a@b.example')), check: wants.visualV4('letters, digits') },
    { name: 'createCollection with a name of the system', want: 400, call: create('sys-x'), check: wants.visualV4('name') },
    { name: 'createCollection with a name of other characters', want: 400, call: create('a b'), check: wants.visualV4('name') },
    { name: 'listCollections', want: 200, call: () => visual.listCollections(), check: named('collections', 'v4-ann', 'v4-wide', 'v4-ben') },
    { name: 'updateCollection', want: 200, call: () => visual.updateCollection({ ...of('v4-ben'), description: 'More fruit', ...encoded('v4_dora') }), check: collection('v4-ben', 0) },
    { name: 'addImages', want: 200, call: add('v4-ann', { imagesFile: files(2) }), check: added },
    { name: 'addImages, twenty', want: 200, call: add('v4-ben', { imagesFile: files(20) }), check: images(20) },
    { name: 'addImages, one too many', want: 400, call: add('v4-ben', { imagesFile: files(21) }), check: wants.visualV4('20') },
    { name: 'addImages of a collection that there is not', want: 404, call: add('none', { imagesFile: files(1) }), check: wants.visualV4('') },
    { name: 'getCollection', want: 200, call: () => visual.getCollection(of('v4-ben')), check: collection('v4-ben', 20) },
    { name: 'listImages', want: 200, call: () => visual.listImages(of('v4-ben')), check: images(20) },
    { name: 'getImageDetails', want: 200, call: () => visual.getImageDetails({ ...of('v4-ben'), imageId }), check: ({ body }) => assert.equal(body.image_id, imageId) },
    { name: 'deleteImage', want: 200, call: () => visual.deleteImage({ ...of('v4-ben'), imageId }), check: wants.empty },
    { name: 'getImageDetails after its deletion', want: 404, call: () => visual.getImageDetails({ ...of('v4-ben'), imageId }), check: wants.visualV4('') },
    { name: 'train', want: 202, call: () => visual.train(of('v4-ann')), check: collection('v4-ann', 2) },
    { name: 'deleteCollection', want: 200, call: () => visual.deleteCollection(of('v4-wide')), check: wants.empty },
    { name: 'getCollection after its deletion', want: 404, call: () => visual.getCollection(of('v4-wide')), check: wants.visualV4('') },
    { name: 'deleteUserData', want: 202, call: () => visual.deleteUserData({ customerId: 'v4_ann' }), check: wants.empty },
  ];
}
