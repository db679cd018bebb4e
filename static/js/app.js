// Small enhancements only: every control here also works as a plain link or
// form. Nothing is kept in the browser.
const byId = (id) => document.getElementById(id);

// What this file says by itself; all else stands in the page, in the language of its reader.
const german = {
  'Copied': 'Kopiert',
  'The browser did not allow copying': 'Der Browser hat das Kopieren nicht erlaubt',
  'This session cannot be made longer. Finish what you are typing, then sign in again.': 'Diese Sitzung lässt sich nicht verlängern. Schreiben Sie zu Ende und melden Sie sich dann neu an.',
  'You stay signed in': 'Sie bleiben angemeldet',
  'The server did not answer': 'Der Server hat nicht geantwortet',
};
const told = (text) => (document.documentElement.lang === 'de' && german[text]) || text;
const say = (text) => { byId('say').textContent = told(text); };

document.documentElement.classList.add('has-js');

// ---- keys: / finds, j and k walk the rows, g and a letter jumps, ? helps ----

const keysOff = 'keyless' in document.documentElement.dataset;
let afterG = 0; // until when a letter counts as the second of a jump

const walk = (step) => {
  const rows = [...document.querySelectorAll('[data-rows] a[data-row]')];
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
};
const find = () => {
  const q = byId('q');
  if (q) { q.focus(); q.select(); } else { jump('s'); }
};
const jumpTo = (key) => [...document.querySelectorAll('.rail a[data-key]')].find((a) => a.dataset.key === key); // the rail has each section's key
const jump = (key) => { const link = jumpTo(key); if (link) location.assign(link.href); };
const acts = { '/': find, j: () => walk(1), k: () => walk(-1), g: () => { afterG = Date.now() + 1500; }, '?': () => location.assign('/help') };

addEventListener('keydown', (e) => {
  const typing = e.target.closest?.('input,textarea,select,[contenteditable],dialog[open]');
  if (typing || e.metaKey || e.ctrlKey || e.altKey || keysOff) return;
  if (Date.now() < afterG && jumpTo(e.key)) { afterG = 0; jump(e.key); return; }
  if (acts[e.key] && document.querySelector('.rail')) { e.preventDefault(); acts[e.key](); }
});

// ---- copy, dialogs, the menu ----

const copy = (button) => {
  navigator.clipboard?.writeText(button.dataset.copy).then(() => say('Copied'), () => say('The browser did not allow copying'));
};
const open = (link, event) => {
  const dialog = byId(link.dataset.dialog);
  if (!dialog) return; // the link leads to the same question
  event.preventDefault();
  dialog.showModal();
};
document.addEventListener('click', (e) => {
  const at = (selector) => e.target.closest(selector);
  if (at('[data-copy]')) copy(at('[data-copy]'));
  if (at('[data-dialog]')) open(at('[data-dialog]'), e);
  if (at('[data-close]')) at('dialog')?.close();
  for (const menu of document.querySelectorAll('.menu[open]')) if (!menu.contains(e.target)) menu.open = false;
});

// ---- type to confirm: the button waits for the phrase ----

const confirmed = (input) => {
  const button = byId(input.dataset.for);
  if (button) button.disabled = input.value.trim() !== input.dataset.confirm;
};
document.querySelectorAll('[data-confirm]').forEach(confirmed);
document.addEventListener('input', (e) => { if (e.target.matches('[data-confirm]')) confirmed(e.target); });

// ---- a revealed record goes back behind its bars by itself ----

const leaving = document.querySelector('[data-leave-after]');
if (leaving) {
  const until = Date.now() + 1000 * Number(leaving.dataset.leaveAfter);
  const left = leaving.querySelector('[data-left]');
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) { location.replace(leaving.dataset.leaveTo); return; }
    if (left) left.textContent = seconds;
    setTimeout(tick, 250);
  };
  tick();
}

// ---- two minutes before the session ends; what is typed stays on the page ----

const warning = byId('session-warning');
if (warning) {
  const meta = document.querySelector('meta[name="session-ends"]');
  let timer = 0;
  const time = byId('session-warning-time');
  const clock = (at) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: time.dataset.zone || undefined }).format(at);
  const watch = () => {
    const end = Date.parse(meta.content);
    if (Number.isNaN(end)) return;
    time.textContent = clock(end);
    const left = end - Date.now() - 120_000;
    warning.hidden = left > 0;
    if (left <= 0) say(byId('session-warning-text').textContent);
    clearTimeout(timer);
    if (left > 0) timer = setTimeout(watch, Math.min(left, 3_600_000)); // a timer may not run for weeks
  };
  // Any page that is asked for keeps the session; the new end stands in it.
  const keep = async () => {
    const answer = await fetch('/help', { redirect: 'manual' });
    const found = answer.ok && (await answer.text()).match(/name="session-ends" content="([^"]+)"/);
    if (!found || Date.parse(found[1]) <= Date.parse(meta.content)) {
      byId('session-warning-text').textContent = told('This session cannot be made longer. Finish what you are typing, then sign in again.');
      byId('session-keep').hidden = true;
      return;
    }
    meta.content = found[1];
    watch();
    say('You stay signed in');
  };
  byId('session-keep').addEventListener('click', () => keep().catch(() => say('The server did not answer')));
  watch();
}
