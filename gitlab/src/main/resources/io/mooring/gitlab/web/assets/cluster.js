// The page of an agent's cluster: what to look at, in the address so that it can be shared, and the view of it.
import { button, el } from './dom.js';
import { connect } from './cluster-api.js';
import { COMMON, discover, keyOf } from './cluster-kinds.js';
import { detail } from './cluster-detail.js';
import { list } from './cluster-list.js';

const NAMESPACES = 500; // names that are offered; any other can be typed

export function start() {
  const gate = document.getElementById('cluster-gate');
  const closed = () => 'closed' in gate.dataset;
  if (closed()) document.addEventListener('live:refreshed', () => { if (!closed()) location.reload(); });
  const root = document.querySelector('[data-cluster]');
  if (root) browse(root);
}

function browse(root) {
  const api = connect(root);
  const leaving = new AbortController();
  let kinds = COMMON;
  let scope = new AbortController();

  const select = el('select', { name: 'kind', change: () => go({ kind: select.value, name: '', selector: '' }) });
  const names = el('datalist', { id: 'cluster-namespaces' });
  const place = el('input', { name: 'namespace', list: 'cluster-namespaces', autocomplete: 'off', spellcheck: 'false',
    placeholder: 'all', change: () => go({ namespace: place.value.trim(), name: '' }) });
  const filter = el('input', { type: 'search', name: 'filter', autocomplete: 'off', input: () => view.redraw?.() });
  const hint = el('small');
  const view = el('div', { id: 'cluster-view' });
  const field = (label, control, ...more) => el('label', { class: 'field' }, el('span', {}, label), control, ...more);
  const named = field('Name contains', filter);
  root.replaceChildren(
    el('header', {}, el('h2', {}, 'Cluster'),
      el('span', { class: 'muted' }, 'Asked ', ...(root.dataset.who ? ['as ', el('code', {}, root.dataset.who)] : ['as the agent itself']))),
    el('form', { class: 'inline', submit: (event) => { event.preventDefault(); place.blur(); } },
      field('Kind', select), field('Namespace', place, hint), names, named),
    view);

  const now = () => {
    const query = new URLSearchParams(location.search);
    return { kind: query.get('kind') ?? 'pods', namespace: query.get('namespace') ?? '', name: query.get('name') ?? '',
      selector: query.get('selector') ?? '' };
  };

  function address(choice) {
    const query = new URLSearchParams({ tab: 'cluster' });
    for (const part of ['kind', 'namespace', 'name', 'selector']) if (choice[part]) query.set(part, choice[part]);
    return `${location.pathname}?${query}`;
  }

  function go(change) {
    history.pushState(null, '', address({ ...now(), ...change }));
    show();
  }

  function offer() {
    const option = (kind) => el('option', { value: keyOf(kind) }, kind.custom ? `${kind.title} · ${kind.group}` : kind.title);
    const custom = kinds.filter((kind) => kind.custom);
    select.replaceChildren(...kinds.filter((kind) => !kind.custom).map(option),
      ...(custom.length ? [el('optgroup', { label: 'Custom resources' }, custom.map(option))] : []));
    select.value = now().kind;
  }

  function show() {
    scope.abort();
    scope = new AbortController();
    const { namespace, name, selector, kind: key } = now();
    const kind = kinds.find((known) => keyOf(known) === key);
    select.value = key;
    place.value = namespace;
    place.disabled = kind ? !kind.namespaced : false;
    named.hidden = name !== '';
    view.redraw = null;
    if (!kind) {
      view.replaceChildren(el('p', { class: 'muted' }, `The cluster was not heard to have “${key}”.`),
        button('Show its Pods', () => go({ kind: 'pods', name: '', selector: '' })));
      return;
    }
    const link = (where, what, other = key, labels = '') =>
      address({ kind: other, namespace: where, name: what, selector: labels });
    const page = { api, root, kind, kinds, namespace: kind.namespaced ? namespace : '', name, selector, view, link, signal: scope.signal };
    // The way back from an object leads to the namespaces that were chosen before it.
    if (name) detail({ ...page, link: (where, what, other, labels) => link(what || labels ? where : kept, what, other, labels) });
    else {
      kept = namespace;
      list({ ...page, filter: () => filter.value });
    }
  }
  let kept = now().name ? '' : now().namespace;

  async function learn() {
    try {
      const { items = [] } = await api.metadataList(`/api/v1/namespaces?limit=${NAMESPACES}`, leaving.signal);
      names.replaceChildren(...items.map((item) => el('option', { value: item.metadata.name })));
    } catch {
      hint.textContent = 'You may not list namespaces: type the name of one.';
    }
    try {
      kinds = [...COMMON, ...await discover(api, leaving.signal)];
      offer();
      if (!COMMON.some((kind) => keyOf(kind) === now().kind)) show();
    } catch { /* the common kinds remain */ }
  }

  root.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-go]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    show();
  });
  addEventListener('popstate', show);
  addEventListener('pagehide', () => { leaving.abort(); scope.abort(); });
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  offer();
  show();
  learn();
}
