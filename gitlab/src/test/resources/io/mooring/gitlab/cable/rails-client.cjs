// Drives the unchanged npm package @rails/actioncable. Commands come as JSON lines on standard input, what happens goes
// as JSON lines to standard output; ends with its standard input.
const net = require('net');
const readline = require('readline');
const { WebSocket } = require('ws');

// What the package expects of a browser.
globalThis.self = globalThis;
globalThis.document = { visibilityState: 'visible' };
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};
const ActionCable = require('@rails/actioncable');

const say = (what) => console.log(JSON.stringify(what));
const headers = new Map();
const consumers = new Map();
const subscriptions = new Map();
const proxies = new Map();

ActionCable.adapters.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers: headers.get(new URL(url).searchParams.get('consumer')) });
    this.on('error', () => {});
  }
};

// Anything may be lost behind this proxy without either end noticing.
class Proxy {
  constructor(id, target) {
    this.sockets = new Set();
    this.server = net.createServer((client) => {
      const server = net.connect(target, '127.0.0.1');
      for (const [from, to] of [[client, server], [server, client]]) {
        this.sockets.add(from);
        from.on('data', (data) => to.write(data));
        from.on('close', () => { this.sockets.delete(from); to.destroy(); });
        from.on('error', () => to.destroy());
      }
    });
    this.server.listen(0, '127.0.0.1', () => say({ id, event: 'listening', data: this.server.address().port }));
  }

  freeze() {
    for (const socket of this.sockets) {
      socket.removeAllListeners('data');
      socket.on('data', () => {});
    }
  }
}

const operations = {
  threshold({ seconds }) { (ActionCable.ConnectionMonitor || {}).staleThreshold = seconds; },
  consumer({ id, url, header }) {
    headers.set(id, header);
    consumers.set(id, ActionCable.createConsumer(`${url}?consumer=${id}`));
  },
  subscribe({ consumer, id, params }) {
    const tell = (event) => (data) => say({ id, event, data: data === undefined ? null : data });
    subscriptions.set(id, consumers.get(consumer).subscriptions.create(params, {
      connected: tell('connected'), disconnected: tell('disconnected'), rejected: tell('rejected'), received: tell('received'),
    }));
  },
  unsubscribe({ id }) { subscriptions.get(id).unsubscribe(); },
  perform({ id, action, data }) { subscriptions.get(id).perform(action, data); },
  known({ consumer, id }) {
    say({ id, event: 'known', data: consumers.get(consumer).subscriptions.subscriptions.map((one) => one.identifier) });
  },
  disconnect({ consumer }) { consumers.get(consumer).disconnect(); },
  proxy({ id, target }) { proxies.set(id, new Proxy(id, target)); },
  freeze({ id }) { proxies.get(id).freeze(); },
};

readline.createInterface({ input: process.stdin })
  .on('line', (line) => { const command = JSON.parse(line); operations[command.op](command); })
  .on('close', () => process.exit(0));
