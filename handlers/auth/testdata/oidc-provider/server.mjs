// The certified OpenID Connect provider, for the tests of sign-in, on loopback only.
//
//   node server.mjs --console http://127.0.0.1:8080 [--host 127.0.0.1] [--port 0] [--until-stdin-ends]
//
// When it listens it prints one line of JSON: {"issuer","client_id","client_secret","password","accounts":[{"login","groups"}]}.
// The client is known with the callback, sign-out and back-channel addresses of the console given. The groups claim comes
// from userinfo (scope "groups"), like the e-mail address.
// Pages and the fields that a browser drives: sign-in form #login-form (login, password), consent form #consent-form,
// sign-out form: button #logout. Somebody who cancels: link #abort.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Provider, errors } from 'oidc-provider';

const { values: args } = parseArgs({
  options: {
    console: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});
if (!args.console || !['127.0.0.1', 'localhost', '::1'].includes(args.host)) {
  console.error('usage: node server.mjs --console URL [--host 127.0.0.1|localhost|::1] [--port N]');
  process.exit(2);
}

const password = 'correct horse battery staple';
const people = {
  support: { name: 'Sam Support', groups: ['staff', 'everybody'] },
  officer: { name: 'Olga Officer', groups: ['compliance'] },
  both: { name: 'Bo Both', groups: ['staff', 'compliance'] },
  nobody: { name: 'Nora Nobody', groups: ['everybody'] },
};
const client = { client_id: 'quittance', client_secret: randomBytes(24).toString('base64url') };

const server = createServer();
await new Promise((resolve) => server.listen(Number(args.port), args.host, resolve));
const issuer = `http://${args.host.includes(':') ? `[${args.host}]` : args.host}:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    ...client,
    redirect_uris: [`${args.console}/signin/callback`],
    post_logout_redirect_uris: [`${args.console}/signin`],
    backchannel_logout_uri: `${args.console}/signin/backchannel`,
    backchannel_logout_session_required: true,
  }],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
  },
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options), // its own would refuse loopback
  findAccount: (_, id) => people[id] && {
    accountId: id,
    claims: () => ({ sub: id, name: people[id].name, email: `${id}@staff.example`, email_verified: true, groups: people[id].groups }),
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [signingKey()] },
  pkce: { required: () => true },
  renderError: (ctx, out) => { ctx.type = 'html'; ctx.body = page('Error', `<p id="error">${escape(out.error)}: ${escape(out.error_description)}</p>`); },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
});
provider.on('backchannel.success', (_, c, account) => console.error(`back-channel logout of ${account}: done`));
provider.on('backchannel.error', (_, err, c, account) => console.error(`back-channel logout of ${account}: ${err.message}`));
provider.on('server_error', (_, err) => console.error(err));

const op = provider.callback();
server.on('request', (req, res) => {
  const path = new URL(req.url, issuer).pathname;
  if (!path.startsWith('/interaction/')) return op(req, res);
  interact(req, res, path).catch((err) => {
    res.statusCode = err instanceof errors.SessionNotFound ? 400 : 500;
    show(res, 'Error', `<p id="error">${escape(err.message)}</p>`);
  });
});
console.log(JSON.stringify({ issuer, ...client, password, accounts: Object.entries(people).map(([login, p]) => ({ login, groups: p.groups })) }));

if (args['until-stdin-ends']) process.stdin.on('end', () => process.exit(0)).resume();
process.on('SIGTERM', () => process.exit(0));

async function interact(req, res, path) {
  const details = await provider.interactionDetails(req, res);
  const step = path.split('/')[3];
  if (step === 'abort') {
    return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'somebody cancelled' });
  }
  if (req.method !== 'POST') return ask(res, details, '');
  const form = await read(req);
  if (step === 'login') {
    const login = form.get('login');
    if (!people[login] || form.get('password') !== password) return ask(res, details, 'Wrong name or password.');
    return provider.interactionFinished(req, res, { login: { accountId: login } }, { mergeWithLastSubmission: false });
  }
  return provider.interactionFinished(req, res, { consent: { grantId: await grant(details) } }, { mergeWithLastSubmission: true });
}

function ask(res, { uid, prompt, params }, problem) {
  const abort = `<p><a id="abort" href="/interaction/${uid}/abort">Cancel</a></p>`;
  if (prompt.name === 'login') {
    return show(res, 'Sign in at the provider', `${problem && `<p id="problem" role="alert">${problem}</p>`}
      <form id="login-form" method="post" action="/interaction/${uid}/login">
      <label>Name <input name="login" autocomplete="username" required autofocus></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button type="submit">Sign in</button></form>${abort}`);
  }
  return show(res, 'Consent', `<p>${escape(params.client_id)} asks for ${escape(params.scope)}.</p>
    <form id="consent-form" method="post" action="/interaction/${uid}/confirm"><button type="submit">Continue</button></form>${abort}`);
}

async function grant({ grantId, session, params, prompt }) {
  const g = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) g.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) g.addOIDCClaims(prompt.details.missingOIDCClaims);
  return g.save();
}

function logoutSource(ctx, form) {
  ctx.type = 'html';
  ctx.body = page('Sign out', `<p>Sign out from the provider too?</p>${form}
    <button id="logout" type="submit" form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>
    <button id="stay" type="submit" form="op.logoutForm">No, stay signed in</button>`);
}

function postLogoutSuccessSource(ctx) {
  ctx.type = 'html';
  ctx.body = page('Signed out', '<p>You are signed out.</p>');
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

async function read(req) {
  let body = '';
  for await (const chunk of req) {
    body += chunk;
    if (body.length > 65536) throw new Error('the form is too long');
  }
  return new URLSearchParams(body);
}

function show(res, title, body) {
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.end(page(title, body));
}

function page(title, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

function escape(s) {
  return String(s ?? '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
