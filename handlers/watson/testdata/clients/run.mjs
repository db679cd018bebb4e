// Drives a running server through IBM's clients.
//
//   node run.mjs PART... < config.json
//
// A part is a file beside this one. It exports tables(config): a list of {service, sdk, steps}, where a step is
// {name, want: status, call: async () => response or responses, check?: (answer, answers) => void, type?: Content-Type}. config is
// {"iam": URL, "services": {KIND: {"url", "apikey"}}}. One line of JSON is printed for each step:
// {"service","sdk","name","want","status","transaction","problem"}, and at the end {"steps": N}: without it not all were taken.

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';

// ask gives success and failure one form; message is the sentence that the caller of the client reads when a call fails.
async function ask(call) {
  try {
    return [await call()].flat().map(({ status, headers, result }) => ({ status, headers, body: result }));
  } catch (error) {
    if (!error.status) throw error;
    return [{ status: error.status, headers: error.headers, body: await bodyOf(error), message: error.message }];
  }
}

// bodyOf reads the body of a refusal. Where a call would have answered with sound, the clients leave it in its stream.
const bodyOf = async ({ body }) => JSON.parse(typeof body === 'string' ? body : await text(body));

// common is what every answer has, whatever was asked.
function common({ status, headers, body }, type) {
  assert.match(headers['content-type'], type, 'Content-Type');
  assert.ok(headers['x-global-transaction-id'], 'X-Global-Transaction-Id');
  assert.ok(body && typeof body === 'object', 'the body is an object');
  if (status === 429) assert.ok(Number(headers['retry-after']) >= 1, 'Retry-After');
}

async function take({ name, want, call, check, type = /^application\/json/ }) {
  const line = { name, want, status: 0, transaction: '' };
  try {
    const answers = await ask(call);
    const odd = answers.find(({ status }) => status !== want) ?? answers[0];
    line.status = odd.status;
    line.transaction = odd.headers['x-global-transaction-id'] ?? '';
    assert.equal(odd.status, want, JSON.stringify(odd.body));
    answers.forEach((answer) => common(answer, type));
    check?.(answers[0], answers);
  } catch (error) {
    line.problem = error.message;
  }
  return line;
}

const config = JSON.parse(await text(process.stdin));
let count = 0;
for (const part of process.argv.slice(2)) {
  const { tables } = await import(`./${part}.mjs`);
  for (const { service, sdk, steps } of tables(config)) {
    for (const step of steps) {
      console.log(JSON.stringify({ service, sdk, ...(await take(step)) }));
      count++;
    }
  }
}
console.log(JSON.stringify({ steps: count }));
