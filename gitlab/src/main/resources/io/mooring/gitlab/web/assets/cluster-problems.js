// Says why the cluster cannot be shown and what to do about it.
import { copyable, el } from './dom.js';

const p = (...children) => el('p', {}, ...children);
const code = (text) => el('code', {}, text);

/** Whom the cluster sees. */
const asWhom = (root) => (root.dataset.who
  ? p('Asked as ', code(root.dataset.who), ', a member of ', code(root.dataset.group), ' among other groups.')
  : p('Asked as the agent itself, because the configuration says ', code('access_as: agent'), '.'));

/** Rights are often of one namespace, and asking for all of them is refused then. */
const narrower = (namespace, kind) => (kind.namespaced && !namespace
  ? p('You asked for all namespaces. If you may see one, type its name above.') : null);

function grant(root, namespace, kind) {
  if (kind.secret) {
    return p('Rights are given in the cluster, by RBAC. The role ', code('view'),
      ' shows no Secrets, because who may list them may read their values with kubectl.');
  }
  if (!root.dataset.who) {
    return p('Give the agent\'s ServiceAccount, which the message names, a role in the cluster.');
  }
  const where = namespace
    ? `kubectl create rolebinding gitlab-view --namespace=${namespace} --clusterrole=view`
    : 'kubectl create clusterrolebinding gitlab-view --clusterrole=view';
  return el('div', {},
    p('Rights are given in the cluster, by RBAC. Somebody who administers it can run, for example:'),
    copyable('Command for kubectl', `${where} --group=${root.dataset.group}`));
}

function unreachable(root) {
  const { origin, host } = new URL(root.dataset.url);
  return [
    p('Your browser got no answer from ', code(origin), '. One of these is the reason:'),
    el('ul', {},
      el('li', {}, 'kas is not running, or not reachable from where you are.'),
      el('li', {}, 'Your browser does not trust its certificate. ',
        el('a', { href: `${root.dataset.url}/`, target: '_blank', rel: 'noopener' }, `Open ${host}`),
        ': if it warns and you know that the certificate is yours, accept it there and try again.'),
      el('li', {}, 'kas does not expect this page: ', code('gitlab.external_url'), ' in its configuration has to be ',
        code(location.origin), '.')),
  ];
}

function cookie(root) {
  const { origin } = new URL(root.dataset.url);
  return [
    p('Your browser did not send its cookie to kas. This page is ', code(location.origin), ' and kas is ', code(origin),
      ': a browser counts them as two sites when their schemes differ or neither is below the other\'s domain.'),
    p('Ask an administrator to put both on one site, both with https: for example ', code('https://gitlab.example.com'),
      ' and ', code('https://kas.gitlab.example.com'), ', or kas on a path of GitLab\'s own address. ',
      'Until then kubectl works with a token of the scope ', code('k8s_proxy'), '.'),
  ];
}

function words(problem, root, namespace, kind) {
  switch (problem.kind) {
    case 'unreachable': return ['kas cannot be reached', ...unreachable(root)];
    case 'cookie': return ['Your browser sends kas no cookie', ...cookie(root)];
    case 'session': return ['kas does not let you in',
      p('Your session ended, or the agent\'s configuration has changed. ',
        el('a', { href: location.href }, 'Load this page again'), ' to see which.')];
    case 'ceiling': return ['A ceiling forbids this', p('It is a limit that an administrator set for this agent.'), narrower(namespace, kind)];
    case 'forbidden': return ['The cluster refuses this', asWhom(root), narrower(namespace, kind), grant(root, namespace, kind)];
    case 'missing': return ['There is nothing of that name', p('It was deleted, or the cluster has no such kind.')];
    case 'away': return ['The agent is not connected',
      p('kas found no connection of it within 20 seconds. Look at its pods and their log.')];
    default: return [problem.status ? `The cluster answers with an error (${problem.status})` : 'Something failed'];
  }
}

export function explain(problem, { root, namespace, kind }, again) {
  const [heading, ...advice] = words(problem, root, namespace, kind);
  return el('div', { class: 'refusal', role: 'alert', 'data-problem': problem.kind ?? 'failed' },
    el('h3', {}, heading),
    problem.message ? el('p', { class: 'said' }, code(problem.message)) : null,
    ...advice,
    problem.requestId ? el('p', { class: 'muted' }, 'Request id ', code(problem.requestId)) : null,
    el('p', {}, el('button', { type: 'button', class: 'button', click: again }, 'Try again')));
}
