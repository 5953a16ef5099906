// One object: what it is, how it is, what happened to it, its log and its YAML.
import { age, badge, copyable, el, pause } from './dom.js';
import { morph } from './morph.js';
import { keyOf, pathOf } from './cluster-kinds.js';
import { logs } from './cluster-logs.js';
import { explain } from './cluster-problems.js';
import { toneOf } from './cluster-tones.js';
import { keysOf, maskedSecret, shown, yaml } from './cluster-yaml.js';

const EVENTS = 50;
const SETTLE = 500; // ms; one change of an object is often several
const PAUSE = 5000; // ms before a watch that broke is begun again
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);
const LONGEST_NOTE = 300; // characters of one annotation

const fact = (name, ...values) => el('div', {}, el('dt', {}, name), el('dd', {}, ...values));
const chips = (pairs) => Object.entries(pairs).map(([key, value]) =>
  el('span', { class: 'chip' }, value === '' ? key : `${key}=${String(value).slice(0, LONGEST_NOTE)}`));
const when = (iso) => (iso ? [age(iso), ' ago'] : ['–']);

/** The labels of the Pods that a workload or Service has, when they are plain ones. */
function podsOf({ kind, spec = {} }) {
  const selector = kind === 'Service' ? spec.selector : WORKLOADS.has(kind) ? spec.selector?.matchLabels : {};
  return Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`).join(',');
}

function facts(row, columns, object, { kinds, link }) {
  const { metadata } = object;
  const cells = columns
    .map((column, at) => ({ name: column.name, value: String(row?.cells?.[at] ?? '') }))
    .filter(({ name, value }) => name !== 'Name' && name !== 'Age' && value && value !== '<none>');
  const owners = (metadata.ownerReferences ?? []).map((owner) => {
    const kind = kinds.find((known) => known.one === owner.kind
      && owner.apiVersion.startsWith(known.group ? `${known.group}/` : 'v1'));
    const text = `${owner.kind} ${owner.name}`;
    return kind ? el('a', { href: link(metadata.namespace ?? '', owner.name, keyOf(kind)), 'data-go': true }, text) : text;
  });
  const labels = podsOf(object);
  return el('dl', { class: 'facts-list' },
    cells.map(({ name, value }) => {
      const tone = toneOf(name, value);
      return fact(name, tone ? badge(tone, value) : value);
    }),
    metadata.namespace ? fact('Namespace', metadata.namespace) : null,
    fact('Created', ...when(metadata.creationTimestamp), el('span', { class: 'muted sub' }, metadata.creationTimestamp ?? '')),
    labels ? fact('Pods', el('a', { href: link(metadata.namespace ?? '', '', 'pods', labels), 'data-go': true },
      `Those with ${labels}`)) : null,
    owners.length ? fact('Belongs to', ...owners) : null,
    metadata.labels ? fact('Labels', ...chips(metadata.labels)) : null,
    metadata.annotations ? fact('Annotations', ...chips(metadata.annotations)) : null);
}

function grid(headings, rows) {
  return el('div', { class: 'table' }, el('table', {},
    el('thead', {}, el('tr', {}, headings.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, rows.map((cells) => el('tr', {}, cells.map((value, at) =>
      el(at ? 'td' : 'th', at ? { 'data-label': headings[at] } : { scope: 'row', 'data-label': headings[0] }, value)))))));
}

function conditions(object) {
  const all = object.status?.conditions;
  if (!Array.isArray(all) || !all.length) return null;
  return el('section', {}, el('h3', {}, 'Conditions'), grid(['Type', 'Status', 'Reason', 'Message', 'Since'],
    all.map((one) => [one.type ?? '', one.status ?? '', one.reason ?? '–', one.message ?? '–',
      age(one.lastTransitionTime ?? '') || '–'])));
}

async function events(api, object, signal) {
  const { name, namespace, uid } = object.metadata;
  const place = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const of = encodeURIComponent(`involvedObject.name=${name},involvedObject.uid=${uid}`);
  const { items = [] } = await api.object(`/api/v1${place}/events?limit=${EVENTS}&fieldSelector=${of}`, signal);
  const seen = (event) => event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return items.sort((a, b) => (seen(a) < seen(b) ? 1 : -1)).map((event) => [
    event.reason ?? '', event.type === 'Warning' ? badge('warn', 'Warning') : event.type ?? '', event.message ?? '',
    String(event.series?.count ?? event.count ?? 1), age(seen(event))]);
}

function keys(kind, object) {
  if (!kind.secret && kind.plural !== 'configmaps') return null;
  const names = kind.secret ? keysOf(object.metadata)
    : [...Object.keys(object.data ?? {}), ...Object.keys(object.binaryData ?? {})].sort();
  return el('section', {}, el('h3', {}, 'Keys'),
    names.length ? el('p', { class: 'stack' }, names.map((name) => el('code', { class: 'chip' }, name)))
      : el('p', { class: 'muted' }, 'None, or not known.'),
    kind.secret ? el('p', { class: 'hint' }, 'Values are not asked for, so they never leave the cluster.') : null);
}

export async function detail(page) {
  const { api, kind, namespace, name, view, link, signal } = page;
  const path = pathOf(kind, namespace, name);
  const about = el('div', { id: 'cluster-object' }, el('p', { class: 'muted' }, 'Asking the cluster…'));
  const log = el('div', { id: 'cluster-log' });
  const title = el('h3', { tabindex: '-1', class: 'object-title' }, `${kind.one} ${name}`);
  view.replaceChildren(
    el('p', {}, el('a', { href: link(namespace, ''), 'data-go': true }, `← All ${kind.title}`)), title, about, log);
  title.focus();

  async function read() {
    const [table, object] = await Promise.all([
      api.table(path, signal),
      // Of a Secret only metadata is asked for: its values stay in the cluster.
      kind.secret ? api.metadata(path, signal) : api.object(path, signal),
    ]);
    const row = table.rows?.[0];
    const columns = table.columnDefinitions ?? [];
    const type = String(row?.cells?.[columns.findIndex((column) => column.name === 'Type')] ?? '');
    const clean = shown(object);
    const open = about.querySelector('details.yaml')?.open;
    const fresh = el('div', { id: 'cluster-object' },
      facts(row, columns, clean, page), conditions(object), keys(kind, object),
      el('section', { id: 'cluster-events' }, el('h3', {}, 'Events'), await happened(object)),
      el('details', { class: 'way yaml', open }, el('summary', {}, 'YAML'),
        copyable(`YAML of ${name}`, yaml(kind.secret ? maskedSecret(object, type) : clean))));
    morph(about, fresh);
    return object;
  }

  async function happened(object) {
    try {
      const rows = await events(api, object, signal);
      return rows.length ? grid(['Reason', 'Type', 'Message', 'Times', 'Last'], rows)
        : el('p', { class: 'muted' }, 'Nothing in the last hour or so.');
    } catch (problem) {
      if (signal.aborted) throw problem;
      return el('p', { class: 'hint' }, `Not shown: ${problem.message || 'no answer'}`);
    }
  }

  function fail(problem) {
    if (signal.aborted) return;
    about.replaceChildren(explain(problem, page, () => detail(page)));
  }

  async function follow(version) {
    const chosen = `${pathOf(kind, namespace)}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
    while (!signal.aborted) {
      try {
        for await (const { type, object } of api.watch(chosen, version, signal)) {
          if (type === 'BOOKMARK') continue;
          if (type === 'DELETED') {
            about.prepend(el('p', { class: 'problem', role: 'alert' }, 'It was deleted; this is how it was.'));
            return;
          }
          version = object.rows?.[0]?.object?.metadata?.resourceVersion ?? version;
          await pause(SETTLE, signal);
          await read();
        }
      } catch (problem) {
        if (signal.aborted) return;
        if (problem.kind === 'missing') return fail(problem);
        // Without the right to watch, the page stays as it is.
        if (problem.kind === 'forbidden' || problem.kind === 'ceiling') return;
      }
      await pause(PAUSE, signal);
      if (signal.aborted) return;
      try {
        version = (await read()).metadata.resourceVersion;
      } catch { /* the next turn tries again */ }
    }
  }

  try {
    const object = await read();
    if (kind.plural === 'pods' && !kind.group) logs({ page, pod: object, view: log });
    if (kind.watched) follow(object.metadata.resourceVersion);
  } catch (problem) {
    fail(problem);
  }
}
