// The kinds of objects that the page offers: common ones, and what the cluster says it has besides.

const kind = (title, one, group, version, plural, more = {}) =>
  ({ title, one, group, version, plural, namespaced: true, watched: true, ...more });

export const COMMON = [
  kind('Pods', 'Pod', '', 'v1', 'pods'),
  kind('Deployments', 'Deployment', 'apps', 'v1', 'deployments'),
  kind('StatefulSets', 'StatefulSet', 'apps', 'v1', 'statefulsets'),
  kind('DaemonSets', 'DaemonSet', 'apps', 'v1', 'daemonsets'),
  kind('ReplicaSets', 'ReplicaSet', 'apps', 'v1', 'replicasets'),
  kind('Jobs', 'Job', 'batch', 'v1', 'jobs'),
  // batch/v1 has them from Kubernetes 1.21 on.
  kind('CronJobs', 'CronJob', 'batch', 'v1', 'cronjobs', { older: 'v1beta1' }),
  kind('Services', 'Service', '', 'v1', 'services'),
  kind('Ingresses', 'Ingress', 'networking.k8s.io', 'v1', 'ingresses'),
  kind('ConfigMaps', 'ConfigMap', '', 'v1', 'configmaps'),
  kind('Secrets', 'Secret', '', 'v1', 'secrets', { secret: true }),
  kind('Persistent volume claims', 'PersistentVolumeClaim', '', 'v1', 'persistentvolumeclaims'),
  kind('Events', 'Event', '', 'v1', 'events', { headline: 'Reason', newestFirst: true }),
  kind('Nodes', 'Node', '', 'v1', 'nodes', { namespaced: false }),
  kind('Namespaces', 'Namespace', '', 'v1', 'namespaces', { namespaced: false }),
];

const MOST_GROUPS = 40; // one request each
const AT_ONCE = 3; // a browser opens six connections, and a watch has one

/** The name of a kind in an address. */
export const keyOf = (of) => (of.group ? `${of.plural}.${of.group}` : of.plural);

/** Where objects of a kind are. */
export function pathOf(of, namespace, name = '') {
  const base = of.group ? `/apis/${of.group}/${of.version}` : `/api/${of.version}`;
  const place = of.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${place}/${of.plural}${name ? `/${encodeURIComponent(name)}` : ''}`;
}

/** Kinds of custom resources; none when the cluster does not tell. */
export async function discover(api, signal) {
  const all = await api.object('/apis', signal);
  const groups = (all.groups ?? [])
    .filter((group) => group.name.includes('.') && !group.name.endsWith('.k8s.io'))
    .slice(0, MOST_GROUPS);
  const found = [];
  const work = async () => {
    for (let group = groups.shift(); group; group = groups.shift()) {
      const { version } = group.preferredVersion;
      try {
        const { resources = [] } = await api.object(`/apis/${group.name}/${version}`, signal);
        for (const one of resources) {
          if (one.name.includes('/') || !one.verbs.includes('list')) continue;
          found.push(kind(one.kind, one.kind, group.name, version, one.name,
            { namespaced: one.namespaced, watched: one.verbs.includes('watch'), custom: true }));
        }
      } catch (e) {
        if (signal.aborted) throw e;
        // One group whose server is away must not hide the others.
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.sort((a, b) => (a.title < b.title ? -1 : 1));
}
