// What the contract says of bodies that several parts look at.

import assert from 'node:assert/strict';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

// The response_types that the typed clients know; they refuse an answer with any other.
const responseTypes = ['text', 'option', 'image', 'pause', 'suggestion', 'search', 'user_defined', 'connect_to_agent', 'channel_transfer', 'iframe', 'audio', 'video'];

export const empty = ({ body }) => assert.deepEqual(body, {});

export function session({ body }) {
  assert.deepEqual(Object.keys(body), ['session_id']);
  assert.match(body.session_id, uuid);
}

function generic(list) {
  assert.ok(Array.isArray(list) && list.length > 0, 'generic is an array with something in it');
  for (const part of list) {
    assert.ok(responseTypes.includes(part.response_type), `response_type ${part.response_type}`);
    if (part.response_type === 'text') assert.equal(typeof part.text, 'string');
  }
}

// messageV2 wants the context or wants none.
export const messageV2 = (context) => ({ body }) => {
  generic(body.output.generic);
  assert.ok(Array.isArray(body.output.intents) && Array.isArray(body.output.entities), 'intents and entities are arrays');
  assert.equal(typeof body.user_id, 'string');
  if (!context) assert.equal(body.context, undefined, 'no context unless it is asked for');
  else assert.equal(body.context.global.system.turn_count, context.turn);
};

export function messageV1({ body }) {
  generic(body.output.generic);
  for (const name of ['log_messages', 'nodes_visited', 'text']) assert.ok(Array.isArray(body.output[name]), `output.${name} is an array`);
  for (const name of ['intents', 'entities']) assert.ok(Array.isArray(body[name]), `${name} is an array`);
  assert.equal(typeof body.input, 'object');
  assert.equal(typeof body.context.conversation_id, 'string');
  assert.equal(typeof body.user_id, 'string');
}

const texts = (logs) => logs.map((entry) => entry.request.input.text);

// last is a page of these texts, in this order, after which no other comes.
export const last = (...want) => ({ body }) => {
  assert.deepEqual(texts(body.logs), want);
  assert.deepEqual(body.pagination, {}, 'the last page has an empty pagination');
};

// pagesOf is a listing of these texts over several pages, of which only the last has an empty pagination.
export const pagesOf = (size, ...want) => (_, answers) => {
  assert.deepEqual(answers.flatMap(({ body }) => texts(body.logs)), want);
  assert.equal(answers.length, Math.ceil(want.length / size), 'number of pages');
  for (const { body } of answers.slice(0, -1)) {
    assert.equal(body.logs.length, size);
    assert.ok(body.pagination.next_cursor && body.pagination.next_url, 'next_cursor and next_url');
  }
  assert.deepEqual(answers.at(-1).body.pagination, {});
  const ids = answers.flatMap(({ body }) => body.logs.map((entry) => entry.log_id));
  assert.equal(new Set(ids).size, want.length, 'each entry once');
};

function entry(log, fields) {
  assert.match(log.log_id, uuid);
  for (const name of ['request_timestamp', 'response_timestamp']) assert.match(log[name], instant);
  for (const name of ['language', ...fields]) assert.ok(typeof log[name] === 'string' && log[name] !== '', name);
}

// entriesV2 also names the customer: ONE string.
export const entriesV2 = (customer) => ({ body }) => body.logs.forEach((log) => {
  entry(log, ['assistant_id', 'session_id', 'skill_id', 'snapshot']);
  assert.equal(log.customer_id, customer);
  messageV2({ turn: log.response.context.global.system.turn_count })({ body: log.response });
});

export const entriesV1 = ({ body }) => body.logs.forEach((log) => {
  entry(log, ['workspace_id']);
  for (const name of ['customer_id', 'session_id', 'assistant_id']) assert.equal(log[name], undefined, `v1 names no ${name}`);
  messageV1({ body: log.response });
});

// both checks one answer by several of these.
export const both = (...checks) => (answer) => checks.forEach((check) => check(answer));

// limited is an answer that says what is left.
export function limited({ headers }) {
  const n = (name) => {
    assert.match(headers[name], /^\d+$/, name);
    return Number(headers[name]);
  };
  assert.ok(n('x-ratelimit-remaining') < n('x-ratelimit-limit'), 'something was used up');
  assert.ok(Math.abs(n('x-ratelimit-reset') - Date.now() / 1000) < 3600, 'X-RateLimit-Reset is a time in seconds since 1970');
}

// The errors, each in the form of its service; says is what stands in the sentence.
export const unauthorized = ({ body, message }) => {
  assert.deepEqual({ ...body, trace: '', more_info: '' }, { trace: '', error: 'Unauthorized', code: 401, more_info: '' });
  assert.match(body.more_info, /^https:/);
  assert.equal(message, 'Access is denied due to invalid credentials.');
};

const saying = (says, sentence) => assert.ok(sentence.includes(says), `"${sentence}" does not say "${says}"`);

export const plain = (says) => ({ status, body, message }) => {
  assert.equal(body.code, status);
  assert.equal(typeof body.error, 'string');
  saying(says, message);
};

export const field = (path, says) => (answer) => {
  plain(says)(answer);
  assert.equal(answer.body.errors[0].path, path);
};

export const visualV3 = (says) => ({ status, body }) => {
  assert.deepEqual(Object.keys(body), ['error']);
  assert.equal(body.error.code, status);
  assert.equal(typeof body.error.error_id, 'string');
  saying(says, body.error.description);
};

const visualCodes = ['invalid_field', 'invalid_header', 'invalid_method', 'missing_field', 'server_error'];

export const visualV4 = (says) => ({ body, message }) => {
  assert.equal(typeof body.trace, 'string');
  assert.ok(visualCodes.includes(body.errors[0].code), body.errors[0].code);
  saying(says, message);
};

// token is a refusal in the form of IBM Cloud IAM.
export const token = (says) => ({ body }) => {
  assert.match(body.errorCode, /^BXNIM\d{4}E$/);
  saying(says, body.errorMessage);
};

// tooMany says what the limit is and when to come again.
export const tooMany = (answer) => {
  plain('Rate limit exceeded')(answer);
  limited(answer);
  assert.equal(answer.headers['x-ratelimit-remaining'], '0');
};

export const tooManyTokens = (answer) => {
  token('')(answer);
  limited(answer);
};

// detailsV1 is what v1 answers to nodes_visited_details, and what it sends back of the request.
export function detailsV1({ body }) {
  assert.ok(Array.isArray(body.output.nodes_visited_details), 'output.nodes_visited_details is an array');
  assert.equal(body.intents[0].intent, 'order');
  assert.equal(body.alternate_intents, true);
}
