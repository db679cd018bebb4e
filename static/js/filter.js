// Completion of a filter, on top of a plain text box: fields, operators and
// values come from the list of fields that stands in the page for everybody.
// Nothing is fetched and nothing is kept. With it, lines that are pasted into
// the box for one ID open the box for a list.
(() => {
  const box = document.querySelector('textarea[data-complete]');
  const fields = box && document.getElementById(box.dataset.complete);
  const one = document.getElementById('q');
  const list = document.getElementById('ids');

  if (one && list) one.addEventListener('paste', (e) => {
    const text = e.clipboardData.getData('text');
    if (!/\S\s*[\r\n]+\s*\S/.test(text)) return; // one line, as an ID is
    e.preventDefault();
    list.closest('details').open = true;
    list.value = text;
    list.focus();
  });

  if (!fields) return;
  if (box.dataset.wrong) box.setSelectionRange(Number(box.dataset.wrong), Number(box.dataset.wrong));

  const words = (s) => s.split(' ').filter(Boolean);
  const known = [...fields.querySelectorAll('[data-field]')].map(({ dataset: d }) => ({ name: d.field, below: d.below ?? '', ops: words(d.ops), values: words(d.values) }));
  const menu = document.createElement('ul');
  menu.id = 'filter-menu';
  menu.className = 'completion';
  menu.setAttribute('role', 'listbox');
  menu.setAttribute('aria-label', fields.dataset.menu);
  menu.hidden = true;
  box.after(menu);
  box.setAttribute('aria-autocomplete', 'list');
  box.setAttribute('aria-haspopup', 'listbox');
  box.setAttribute('aria-controls', menu.id);

  let offered = []; // what stands in the menu: {text, from, to}
  let at = -1;

  // The condition that is being typed begins behind the last separator outside quotes.
  const condition = (before) => {
    let start = 0;
    let quoted = false;
    let level = '';
    const open = [];
    for (let i = 0; i < before.length; i++) {
      const c = before[i];
      if (c === '\\') i++;
      else if (c === '"') quoted = !quoted;
      else if (quoted) continue;
      else if (c === '(' || c === '[') {
        const head = before.slice(start, i).trim();
        open.push({ level, values: /::!?$|:!$/.test(head) || (head.endsWith(':') && !known.some((f) => f.name === head.slice(0, -1) && f.ops[0] === ':')) });
        if (open.at(-1).values) continue; // values stand in these brackets, and no conditions
        if (head.endsWith(':')) level = head.slice(0, -1);
        start = i + 1;
      } else if (c === ')' || c === ']') {
        const was = open.pop();
        if (was) ({ level } = was);
      } else if ((c === ',' || c === '|') && !open.at(-1)?.values) start = i + 1;
    }
    return { text: before.slice(start), start, quoted, level };
  };
  const field = (name, below) => known.find((f) => f.name === name && f.below === below);

  // What can stand at the place of the caret.
  const offers = () => {
    const to = box.selectionStart;
    if (to !== box.selectionEnd) return [];
    const c = condition(box.value.slice(0, to));
    if (c.quoted) return [];
    const [, blank, name, op, value] = /^(\s*)([\w.-]*)\s*([:<>=!]*)\(?([^(]*)$/.exec(c.text) ?? [];
    if (name === undefined) return [];
    const from = c.start + blank.length;
    const make = (all, begin, start) => all.filter((text) => text !== begin && text.toLowerCase().includes(begin.toLowerCase()))
      .map((text) => ({ text, from: start, to }));
    if (!op && !/\s$/.test(c.text.slice(blank.length))) {
      const names = known.filter((f) => f.below === c.level).map((f) => f.name);
      const exact = field(name, c.level);
      return exact ? exact.ops.map((text) => ({ text, from: to, to })) : make(names, name, from);
    }
    const parent = field(name, c.level);
    if (parent && op === ':' && parent.ops[0] === ':') { // the level below a list
      const [sub, subOp] = /^([\w-]*)(.*)$/.exec(value).slice(1);
      const exact = field(sub, name);
      if (exact && !subOp) return exact.ops.map((text) => ({ text, from: to, to }));
      return subOp ? [] : make(known.filter((f) => f.below === name).map((f) => f.name), sub, to - sub.length);
    }
    if (!parent || !parent.ops.includes(op)) return [];
    const begin = value.split(/[|,]/).at(-1).trim();
    return make(parent.values, begin, to - begin.length);
  };

  const close = () => {
    menu.hidden = true;
    offered = [];
    at = -1;
    box.removeAttribute('aria-activedescendant');
  };
  const mark = (n) => {
    at = (n + offered.length) % offered.length;
    [...menu.children].forEach((li, i) => li.setAttribute('aria-selected', i === at));
    box.setAttribute('aria-activedescendant', menu.children[at].id);
    menu.children[at].scrollIntoView({ block: 'nearest' });
  };
  const show = () => {
    offered = offers().slice(0, 12);
    if (!offered.length) { close(); return; }
    menu.replaceChildren(...offered.map((o, i) => {
      const li = document.createElement('li');
      li.id = `filter-menu-${i}`;
      li.setAttribute('role', 'option');
      li.setAttribute('aria-selected', 'false');
      li.textContent = o.text;
      return li;
    }));
    at = -1;
    box.removeAttribute('aria-activedescendant');
    menu.hidden = false;
    document.getElementById('say').textContent = fields.dataset.offered.replace('{n}', offered.length);
  };
  const take = (o) => {
    box.setRangeText(o.text, o.from, o.to, 'end');
    show(); // what comes after it
  };

  box.addEventListener('input', show);
  box.addEventListener('blur', close);
  const keys = {
    ArrowDown: () => mark(at + 1),
    ArrowUp: () => mark(at < 0 ? offered.length - 1 : at - 1),
    Enter: () => take(offered[at]),
    Escape: close,
  };
  box.addEventListener('keydown', (e) => {
    if (e.key === 'ArrowDown' && menu.hidden && box.value.length === box.selectionStart) show();
    if (menu.hidden || !keys[e.key] || (e.key === 'Enter' && at < 0)) return;
    e.preventDefault();
    keys[e.key]();
  });
  menu.addEventListener('mousedown', (e) => { // before the box loses the focus
    const li = e.target.closest('li');
    e.preventDefault();
    if (li) take(offered[[...menu.children].indexOf(li)]);
  });
})();
