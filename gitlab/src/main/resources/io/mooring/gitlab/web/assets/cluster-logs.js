// The log of a pod's container, followed, with a bound on what the page keeps.
import { el } from './dom.js';
import { pathOf, COMMON } from './cluster-kinds.js';
import { explain } from './cluster-problems.js';

const TAIL = 500; // lines to begin with
const MOST = 2000; // lines that the page keeps
const LONGEST = 8192; // characters of one line that are shown

const PODS = COMMON[0];

export function logs({ page, pod, view }) {
  const { api, signal } = page;
  const { name, namespace } = pod.metadata;
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  let running = null;

  const choice = el('select', { 'aria-label': 'Container', change: () => begin() },
    [...containers, ...initContainers, ...ephemeralContainers].map((one) => el('option', { value: one.name }, one.name)));
  const previous = el('input', { type: 'checkbox', change: () => begin() });
  const toggle = el('button', { type: 'button', class: 'button', click: () => (running ? stop('Stopped.') : begin()) }, 'Follow');
  const state = el('span', { class: 'muted', role: 'status' });
  const lines = el('pre', { class: 'log', tabindex: '0', 'aria-label': `Log of ${name}` });
  const trouble = el('div');
  view.replaceChildren(el('section', {},
    el('h3', {}, 'Log'),
    el('div', { class: 'inline' },
      el('label', { class: 'field' }, el('span', {}, 'Container'), choice),
      el('label', { class: 'check' }, previous, el('span', {}, 'Of the run before')),
      toggle, state),
    trouble, lines));

  function stop(text) {
    running?.abort();
    running = null;
    toggle.textContent = 'Follow';
    state.textContent = text;
  }

  async function begin() {
    running?.abort();
    running = new AbortController();
    const mine = running;
    const both = AbortSignal.any([signal, mine.signal]);
    toggle.textContent = 'Stop';
    state.textContent = 'Asking the cluster…';
    lines.replaceChildren();
    trouble.replaceChildren();
    const waiting = [];
    let dropped = 0;
    let frame = 0;

    function show() {
      frame = 0;
      if (mine !== running && !waiting.length) return;
      const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
      lines.append(...waiting.splice(0).map((text) => el('span', {}, `${text}\n`)));
      while (lines.childElementCount > MOST) {
        lines.firstElementChild.remove();
        dropped += 1;
      }
      if (atEnd) lines.scrollTop = lines.scrollHeight;
      if (mine === running) state.textContent = dropped ? `Following; ${dropped} older lines were dropped.` : 'Following.';
    }

    const query = new URLSearchParams({ container: choice.value, tailLines: TAIL });
    query.set(previous.checked ? 'previous' : 'follow', 'true');
    try {
      for await (const line of api.lines(`${pathOf(PODS, namespace, name)}/log?${query}`, both)) {
        waiting.push(line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
        // More than is kept would never be seen; a hidden page draws no frames.
        if (waiting.length > MOST) dropped += waiting.splice(0, waiting.length - MOST).length;
        frame ||= requestAnimationFrame(show);
      }
      if (mine !== running) return;
      show();
      stop(lines.childElementCount ? 'The log ends here.' : 'The log is empty.');
    } catch (problem) {
      if (both.aborted) return;
      show();
      stop('');
      trouble.replaceChildren(explain(problem, page, begin));
    }
  }

  signal.addEventListener('abort', () => running?.abort());
  begin();
}
