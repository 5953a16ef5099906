// Asks the cluster through kas, as the person who is signed in: cookie of kas, number of the agent, token of the page.

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const WAIT = 40000; // ms for an answer; kas itself looks 20 seconds for an agent
const WATCH_SECONDS = 300; // a watch is renewed so often, which shows a connection that died silently
const LONGEST_LINE = 4 << 20; // characters; an object of etcd has at most 1.5 MB
const LONGEST_MESSAGE = 2000; // characters of a refusal that are shown
const OWN = 'GitLab Agent Server: ';

/** Why there is no answer. Kinds: unreachable, cookie, session, ceiling, forbidden, missing, expired, away, failed. */
export class Problem extends Error {
  constructor(kind, message = '', status = 0, requestId = '') {
    super(message);
    this.kind = kind;
    this.status = status;
    this.requestId = requestId;
  }
}

function kindOf(status, message) {
  if (status === 401 && message.startsWith(OWN)) return message.includes('no valid credentials') ? 'cookie' : 'session';
  if (status === 403) return message.startsWith(OWN) ? 'ceiling' : 'forbidden';
  if (status === 404) return 'missing';
  if (status === 410) return 'expired';
  if (status === 502 && message.includes('Agent connection not found')) return 'away';
  return 'failed';
}

async function refusal(response) {
  const body = (await response.text()).slice(0, 65536);
  let message = body;
  try {
    message = JSON.parse(body).message ?? '';
  } catch { /* not everything answers with a Status */ }
  message = String(message).slice(0, LONGEST_MESSAGE);
  return new Problem(kindOf(response.status, message), message, response.status,
    response.headers.get('X-Request-Id') ?? '');
}

/** Lines of a body that goes on, with a bound on each. */
async function* linesOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split('\n');
      rest = parts.pop();
      if (rest.length > LONGEST_LINE) throw new Problem('failed', `a line has more than ${LONGEST_LINE} characters`);
      yield* parts;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}

export function connect(root) {
  const { url, agent } = root.dataset;
  const token = () => document.querySelector('meta[name=csrf-token]').content;

  async function attempt(path, accept, signal) {
    const bound = new AbortController();
    const timer = setTimeout(() => bound.abort(), WAIT);
    try {
      const response = await fetch(url + path, {
        credentials: 'include',
        cache: 'no-store',
        headers: { Accept: accept, 'Gitlab-Agent-Id': agent, 'X-Csrf-Token': token() },
        signal: AbortSignal.any([signal, bound.signal]),
      });
      if (response.ok) return response;
      throw await refusal(response);
    } catch (e) {
      if (e instanceof Problem || signal.aborted) throw e;
      throw new Problem('unreachable', bound.signal.aborted ? `no answer for ${WAIT / 1000} seconds` : '');
    } finally {
      clearTimeout(timer);
    }
  }

  /** The cookie of kas lives for a day, a session longer: one new cookie, then it is a refusal. */
  async function send(path, accept, signal) {
    try {
      return await attempt(path, accept, signal);
    } catch (e) {
      if (!(e instanceof Problem) || (e.kind !== 'cookie' && e.kind !== 'session')) throw e;
      const renewed = await fetch('/-/kas_session', { method: 'POST', headers: { 'X-CSRF-Token': token() }, signal });
      if (!renewed.ok) throw new Problem('session', e.message, e.status, e.requestId);
      return attempt(path, accept, signal);
    }
  }

  const json = async (path, accept, signal) => (await send(path, accept, signal)).json();

  return {
    /** An object or document as it is. */
    object: (path, signal) => json(path, 'application/json', signal),
    /** An object without all but its metadata: what must not come here does not leave the cluster. */
    metadata: (path, signal) => json(path, METADATA, signal),
    metadataList: (path, signal) => json(path, METADATA_LIST, signal),
    /** Rows with the columns that the cluster itself prints, and metadata. */
    table: (path, signal) => json(path, TABLE, signal),
    /** Changes of rows from a version on. */
    async* watch(path, version, signal) {
      const sign = path.includes('?') ? '&' : '?';
      const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${version}`;
      const dead = AbortSignal.timeout((WATCH_SECONDS + 60) * 1000);
      const response = await send(path + sign + query, TABLE, AbortSignal.any([signal, dead]));
      for await (const line of linesOf(response)) {
        if (!line) continue;
        const event = JSON.parse(line);
        if (event.type === 'ERROR') {
          const { code = 0, message = '' } = event.object ?? {};
          throw new Problem(code === 410 ? 'expired' : 'failed', message, code);
        }
        yield event;
      }
    },
    /** Lines of a log. */
    async* lines(path, signal) {
      yield* linesOf(await send(path, 'text/plain, application/json', signal));
    },
  };
}
