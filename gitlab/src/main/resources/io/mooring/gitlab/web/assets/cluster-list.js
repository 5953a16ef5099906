// The objects of one kind: the columns that the cluster itself prints, kept true by a watch.
import { age, badge, button, el, pause } from './dom.js';
import { morph } from './morph.js';
import { pathOf } from './cluster-kinds.js';
import { explain } from './cluster-problems.js';
import { toneOf } from './cluster-tones.js';

const PAGE = 100; // rows of one request
const MOST = 500; // rows that the page holds
const REDRAW = 250; // ms; a busy cluster changes faster than anybody reads
const AGING = 10000; // ms between looks at the clock
const FIRST_PAUSE = 1000; // ms before a watch that broke is begun again, doubled up to the longest
const LONGEST_PAUSE = 30000;

const keyOf = (namespace, name) => `${namespace}/${name}`;

/** Rows of a table, or objects of a server that makes no tables, with no more of them than is shown. */
function rowsOf(answer) {
  const rows = answer.kind === 'Table' ? answer.rows ?? [] : (answer.items ?? [answer]).map((object) => ({ object }));
  return rows.map(({ cells = [], object: { metadata } }) => ({
    key: keyOf(metadata.namespace ?? '', metadata.name),
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    created: metadata.creationTimestamp,
    cells,
  }));
}

export async function list(page) {
  const { api, root, kind, namespace, selector, view, filter, link, signal } = page;
  const rows = new Map();
  const chosen = selector ? `?labelSelector=${encodeURIComponent(selector)}` : '';
  const path = pathOf(kind, namespace) + chosen;
  let columns = [];
  let version = '';
  let more = '';
  let remaining = 0;
  let last = '';
  let state = 'loading';
  let drawing = 0;
  let watching = new AbortController();

  const count = el('p', { class: 'muted', role: 'status' });
  const table = el('div', { class: 'table', id: 'cluster-table' });
  const foot = el('div', { class: 'inline' });
  view.replaceChildren(count, table, foot);

  const shown = () => columns
    .map((column, at) => ({ ...column, at }))
    .filter((column) => column.priority === 0 && column.name !== 'Name' && column.name !== kind.headline);

  function cell(row, column) {
    const value = column.name === 'Age' ? age(row.created) : row.cells[column.at] ?? '';
    const tone = toneOf(column.name, String(value));
    return el('td', { 'data-label': column.name }, tone ? badge(tone, String(value)) : String(value));
  }

  function head(row) {
    const at = columns.findIndex((column) => column.name === kind.headline);
    return el('th', { scope: 'row', 'data-label': kind.headline ?? 'Name' },
      el('a', { href: link(row.namespace, row.name), 'data-go': true }, at < 0 ? row.name : String(row.cells[at])));
  }

  function draw() {
    drawing = 0;
    if (signal.aborted) return;
    const text = filter().toLowerCase();
    const found = [...rows.values()]
      .filter((row) => row.name.toLowerCase().includes(text))
      .sort((a, b) => (kind.newestFirst ? (a.created < b.created ? 1 : -1) : (a.key < b.key ? -1 : 1)));
    const wide = kind.namespaced && !namespace;
    const fresh = el('div', { class: 'table', id: 'cluster-table' });
    if (found.length) {
      fresh.append(el('table', {},
        el('thead', {}, el('tr', {},
          [kind.headline ?? 'Name', ...(wide ? ['Namespace'] : []), ...shown().map((column) => column.name)]
            .map((name) => el('th', { scope: 'col' }, name)))),
        el('tbody', {}, found.map((row) => el('tr', { id: `row-${row.key}` },
          head(row),
          wide ? el('td', { 'data-label': 'Namespace' }, row.namespace) : null,
          shown().map((column) => cell(row, column)))))));
    } else if (state !== 'loading') {
      fresh.append(el('p', { class: 'none muted' }, text && rows.size
        ? `None of ${rows.size} has “${filter()}” in its name.`
        : `No ${kind.title}${kind.namespaced ? (namespace ? ` in the namespace ${namespace}` : ' in any namespace') : ''}${
            selector ? ' with these labels' : ''}.`));
    }
    morph(table, fresh);
    const about = state === 'loading' ? 'Asking the cluster…'
      : `${found.length}${found.length < rows.size ? ` of ${rows.size}` : ''} ${found.length === 1 ? kind.one : kind.title}${more ? ' and more' : ''} `;
    count.replaceChildren(about, state === 'live' ? badge('good', 'Live') : state === 'stale' ? badge('warn', 'Reconnecting') : '',
      ...(selector ? [' ', el('span', { class: 'chip' }, selector), ' ',
        el('a', { href: link(namespace, ''), 'data-go': true }, 'Show all')] : []));
    foot.replaceChildren(...further());
  }

  function further() {
    if (!more) return [];
    const left = remaining ? ` (about ${remaining} are left)` : '';
    return rows.size < MOST
      ? [button(`Show ${PAGE} more${left}`, () => next().catch(fail))]
      : [el('p', { class: 'hint' }, `This page holds ${MOST}${left}. Choose a namespace to see fewer at once.`)];
  }

  const redraw = () => { drawing ||= setTimeout(draw, REDRAW); };

  function fail(problem) {
    if (signal.aborted) return;
    end();
    view.replaceChildren(explain(problem, { root, namespace, kind }, () => list(page)));
  }

  async function read(token) {
    const from = token ? `&continue=${encodeURIComponent(token)}` : '';
    const answer = await api.table(`${path}${chosen ? '&' : '?'}limit=${PAGE}${from}`, signal);
    columns = answer.columnDefinitions ?? [{ name: 'Age', priority: 0 }];
    if (!token) rows.clear();
    for (const row of rowsOf(answer)) {
      rows.set(row.key, row);
      last = row.key;
    }
    version = answer.metadata.resourceVersion;
    more = answer.metadata.continue ?? '';
    remaining = answer.metadata.remainingItemCount ?? 0;
  }

  async function first() {
    await read('');
    state = kind.watched ? 'live' : 'still';
    draw();
    if (kind.watched) follow();
  }

  /** Pages are of one version, so the watch begins there again and misses nothing of the new rows. */
  async function next() {
    watching.abort();
    try {
      await read(more);
    } catch (problem) {
      if (problem.kind !== 'expired') throw problem;
      await read('');
    }
    draw();
    if (kind.watched) follow();
  }

  function apply({ type, object }) {
    if (type === 'BOOKMARK') {
      version = object.metadata?.resourceVersion || object.rows?.[0]?.object?.metadata?.resourceVersion || version;
      return;
    }
    version = object.metadata?.resourceVersion || object.rows?.[0]?.object?.metadata?.resourceVersion || version;
    for (const row of rowsOf(object)) {
      if (type === 'DELETED') rows.delete(row.key);
      else if (rows.has(row.key) || (rows.size < MOST && (!more || row.key < last))) rows.set(row.key, row);
    }
    redraw();
  }

  async function follow() {
    watching = new AbortController();
    const mine = AbortSignal.any([signal, watching.signal]);
    let wait = FIRST_PAUSE;
    while (!mine.aborted) {
      try {
        for await (const event of api.watch(path, version, mine)) {
          apply(event);
          wait = FIRST_PAUSE;
        }
        if (state !== 'live') { state = 'live'; redraw(); }
        await pause(FIRST_PAUSE, mine);
      } catch (problem) {
        if (mine.aborted) return;
        if (['forbidden', 'ceiling', 'session', 'cookie', 'missing'].includes(problem.kind)) return fail(problem);
        state = 'stale';
        draw();
        await pause(wait, mine);
        wait = Math.min(2 * wait, LONGEST_PAUSE);
        if (mine.aborted) return;
        try {
          await read('');
          state = 'live';
          draw();
        } catch { /* the next turn tries again */ }
      }
    }
  }

  const aging = setInterval(redraw, AGING);
  const end = () => {
    watching.abort();
    clearInterval(aging);
    clearTimeout(drawing);
  };
  signal.addEventListener('abort', end);
  view.redraw = draw;
  draw();
  try {
    await first();
  } catch (problem) {
    if (problem.kind === 'missing' && kind.older && kind.version !== kind.older) {
      end();
      kind.version = kind.older;
      return list(page);
    }
    fail(problem);
  }
}
