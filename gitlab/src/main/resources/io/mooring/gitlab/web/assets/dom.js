// Makes elements. Texts go in as texts, so nothing that a cluster says becomes markup.

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === 'function') node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const badge = (tone, text) => el('span', { class: `badge ${tone}` }, text);

export const button = (label, press, more = '') =>
  el('button', { type: 'button', class: `button small ${more}`, click: press }, label);

/** A text with a button that copies it; app.js listens for the button. */
export const copyable = (label, text) =>
  el('div', { class: 'copy' },
    el('pre', { tabindex: '0', 'aria-label': label }, el('code', {}, text)),
    el('button', { type: 'button', class: 'button small', 'data-copy': true }, 'Copy'));

/** How old something is, as kubectl says it. */
export function age(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return '';
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

/** Waits, unless the signal ends the wait. */
export const pause = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
});
