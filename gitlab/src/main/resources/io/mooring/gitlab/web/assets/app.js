// What every page does: colours, copy buttons, times that stay true, menus that close. Pages work without it.
import { live } from './live.js';

const root = document.documentElement;

document.getElementById('theme')?.addEventListener('click', () => {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const now = root.dataset.theme === 'auto' ? system : root.dataset.theme;
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (button) {
    const text = button.parentElement.querySelector('code').textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      // Without https the browser gives no clipboard: select it, so that the keyboard copies it.
      getSelection().selectAllChildren(button.parentElement.querySelector('code'));
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  }
  for (const open of document.querySelectorAll('details.menu[open], details.confirm[open]')) {
    if (!open.contains(event.target) && !open.classList.contains('danger-zone')) open.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const open of document.querySelectorAll('details.menu[open], details.confirm[open]')) {
    open.open = false;
    open.querySelector('summary').focus();
  }
});

const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'} ago`;

function words(seconds) {
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} seconds ago`;
  if (seconds < 3600) return plural(Math.floor(seconds / 60), 'minute');
  if (seconds < 86400) return plural(Math.floor(seconds / 3600), 'hour');
  return plural(Math.floor(seconds / 86400), 'day');
}

// The server's clock counts: a wrong clock of the browser must not date everything to the future.
const served = Date.parse(root.dataset.served ?? '') || Date.now();
const ahead = Date.now() - served;

export function refreshTimes() {
  for (const time of document.querySelectorAll('time[datetime]')) {
    const age = Math.max(0, Math.floor((Date.now() - ahead - Date.parse(time.dateTime)) / 1000));
    const text = words(age);
    if (time.textContent !== text) time.textContent = text;
  }
}

// On a phone the tabs scroll, and the one that is open may be out of sight.
const tabs = document.querySelector('.tabs');
const open = tabs?.querySelector('[aria-current]');
if (open) tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.clientWidth) / 2;

setInterval(refreshTimes, 5000);
live(refreshTimes);

if (document.getElementById('cluster-gate')) import('./cluster.js').then((cluster) => cluster.start());
