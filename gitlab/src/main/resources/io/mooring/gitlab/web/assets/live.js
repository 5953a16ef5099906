// Keeps a page true: when one of its channels says that something changed, the page fetches itself and puts the new
// parts in place. While the connection is away it says so and looks by itself now and then.
import { createConsumer } from './actioncable.js';
import { morph } from './morph.js';

const SETTLE = 120; // ms; one change brings several messages
const LOOK = 5000; // ms between looks without a connection

const titles = {
  agent_connected: 'Agent connected',
  agent_disconnected: 'Agent disconnected',
  agent_lost: 'Agent lost',
  alert_raised: 'Alert: the agent is gone',
  alert_resolved: 'The agent is back',
  configuration_applied: 'Configuration applied',
  configuration_rejected: 'Configuration refused',
  sync_started: 'Sync started',
  sync_finished: 'Sync finished',
  sync_failed: 'Sync failed',
  source_refused: 'Newer commit refused',
  source_delivered: 'Newest commit accepted',
  objects_changed: 'Objects changed',
  warning: 'Warning in the cluster',
};

async function parts(address) {
  const response = await fetch(address, { headers: { Accept: 'text/html', 'X-Live': '1' }, credentials: 'same-origin' });
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

async function refresh(done) {
  const wanted = new Map();
  for (const part of document.querySelectorAll('[data-live]')) {
    const from = part.dataset.from || location.href;
    if (!wanted.has(from)) wanted.set(from, []);
    wanted.get(from).push(part);
  }
  await Promise.all([...wanted].map(async ([address, elements]) => {
    const fresh = await parts(address);
    for (const element of elements) {
      const other = fresh.getElementById(element.id);
      if (other) morph(element, other);
    }
  }));
  done();
}

function feed(message) {
  const list = document.querySelector('[data-feed]');
  if (!list) return;
  const item = document.createElement('li');
  item.className = 'new';
  const data = message.data ?? {};
  const about = [data.project_path, data.commit_id?.slice(0, 8), data.outcome?.toLowerCase(), data.message]
    .filter((part) => typeof part === 'string' && part).join(' · ');
  const title = document.createElement('strong');
  title.textContent = titles[message.type] ?? message.type;
  const time = document.createElement('time');
  time.dateTime = message.at ?? new Date().toISOString();
  time.className = 'muted';
  time.textContent = 'just now';
  item.append(title, ' ', about, ' ', time);
  list.prepend(item);
  while (list.children.length > 50) list.lastElementChild.remove();
  document.querySelector('[data-feed-empty]')?.remove();
}

export function live(done) {
  const main = document.getElementById('main');
  const channels = JSON.parse(main.dataset.channels ?? '[]');
  if (!channels.length) return;
  const sign = document.getElementById('live');
  let connected = false;
  let timer = 0;
  let running = false;
  let again = false;

  async function look() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await refresh(done);
      document.dispatchEvent(new CustomEvent('live:refreshed'));
    } catch {
      say(false);
    } finally {
      running = false;
      if (again) {
        again = false;
        soon();
      }
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(look, SETTLE);
  }

  function say(up) {
    connected = up;
    sign.hidden = false;
    sign.dataset.state = up ? 'live' : 'stale';
    sign.textContent = up ? 'Live' : 'Reconnecting';
  }

  const consumer = createConsumer(document.querySelector('meta[name=action-cable-url]').content);
  for (const channel of channels) {
    consumer.subscriptions.create(channel, {
      connected() {
        say(true);
        // Between the page and this moment, or while the connection was away, something may have happened.
        soon();
      },
      disconnected() { say(false); },
      rejected() { say(false); },
      received(message) {
        feed(message);
        soon();
      },
    });
  }
  setInterval(() => { if (!connected && !document.hidden) look(); }, LOOK);
  document.addEventListener('visibilitychange', () => { if (!document.hidden && !connected) look(); });
}
