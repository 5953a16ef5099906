// Makes one element equal to another by changing only what differs, so that focus, scroll positions, open details and
// what somebody typed stay.

const key = (node) => (node.nodeType === Node.ELEMENT_NODE && node.id) || '';
const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);

function attributes(from, to) {
  for (const { name, value } of to.attributes) {
    // People open and close these; a token of a form is as good as the one before.
    if (name === 'open' && from.nodeName === 'DETAILS') continue;
    if (name === 'value' && from.nodeName === 'INPUT') continue;
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(name === 'open' && from.nodeName === 'DETAILS')) from.removeAttribute(name);
  }
}

export function morph(from, to) {
  if (from.isEqualNode(to)) return false;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
    return true;
  }
  attributes(from, to);
  let here = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    let match = here;
    while (match && !same(match, wanted)) match = match.nextSibling;
    if (match && (match === here || key(wanted))) {
      // Only what has a name is looked for further on; the rest is changed in place.
      if (match !== here) from.insertBefore(match, here);
      else here = here.nextSibling;
      morph(match, wanted);
    } else {
      from.insertBefore(wanted, here);
    }
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
  return true;
}
