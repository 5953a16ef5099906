// Writes an object as YAML, without what nobody reads and without what nobody may read.

const PLAIN = /^[A-Za-z_/][\w./@:+-]*$/;
// YAML 1.1 takes some of these for the end of a line.
const ODD = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;
const WORDS = /^(true|false|yes|no|on|off|y|n|null|~)$/i;
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const LONGEST = 200000; // characters; more than anybody reads in a page

/** The names under data of an object whose values did not come: those who wrote them are noted in its metadata. */
export function keysOf(metadata) {
  const keys = new Set();
  for (const { fieldsV1 } of metadata.managedFields ?? []) {
    for (const part of ['f:data', 'f:stringData']) {
      for (const key of Object.keys(fieldsV1?.[part] ?? {})) if (key.startsWith('f:')) keys.add(key.slice(2));
    }
  }
  return [...keys].sort();
}

/** The object as it is shown: without who set which field, and without the copy that kubectl apply keeps of it. */
export function shown(object) {
  const { managedFields, annotations = {}, ...metadata } = object.metadata;
  const { [APPLIED]: copy, ...others } = annotations;
  if (Object.keys(others).length) metadata.annotations = others;
  return { ...object, metadata };
}

/** A Secret of which only metadata is here. */
export function maskedSecret(object, type) {
  const data = Object.fromEntries(keysOf(object.metadata).map((key) => [key, '***']));
  return { apiVersion: 'v1', kind: 'Secret', metadata: shown(object).metadata, type, data };
}

const quoted = (text) => JSON.stringify(text)
  .replace(new RegExp(ODD, 'g'), (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const plain = (text) => PLAIN.test(text) && !WORDS.test(text) && !text.endsWith(':');

function scalar(value, indent) {
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n') && !ODD.test(value) && !/^\s| \n/.test(value)) {
    const keep = value.endsWith('\n') ? (value.endsWith('\n\n') ? '+' : '') : '-';
    const lines = (keep === '-' ? value : value.slice(0, -1)).split('\n');
    return `|${keep}\n${lines.map((line) => (line ? indent + line : '')).join('\n')}`;
  }
  return plain(value) ? value : quoted(value);
}

function write(value, indent) {
  if (Array.isArray(value)) {
    if (!value.length) return ' []';
    return value.map((item) => {
      const text = write(item, `${indent}  `);
      return `\n${indent}-${text.startsWith('\n') && typeof item === 'object' && !Array.isArray(item)
        ? ` ${text.slice(1).trimStart()}` : text}`;
    }).join('');
  }
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (!entries.length) return ' {}';
    return entries.map(([key, item]) => `\n${indent}${plain(key) ? key : quoted(key)}:${
      write(item, Array.isArray(item) ? indent : `${indent}  `)}`).join('');
  }
  return ` ${scalar(value, indent)}`;
}

export function yaml(object) {
  const text = `${write(object, '').replace(/^\n/, '')}\n`;
  return text.length <= LONGEST ? text
    : `${text.slice(0, LONGEST)}\n# ${text.length - LONGEST} characters more are not shown; kubectl get -o yaml has them.\n`;
}
