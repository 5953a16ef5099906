// Joins TCP and WebSocket with the npm package ws. Usage: node bridge.cjs server|client <port of the target>
// Prints its own port; ends with its standard input.
const net = require('net');
const { WebSocket, WebSocketServer } = require('ws');

const [mode, target] = process.argv.slice(2);
const SLICE = 7001;

function send(ws, data) {
  for (let at = 0; at < data.length; at += SLICE) {
    // Every message has several fragments; an empty one is the last.
    ws.send(data.subarray(at, at + SLICE), { binary: true, compress: true, fin: false });
  }
  ws.send(Buffer.alloc(0), { binary: true, fin: true });
}

function join(ws, tcp) {
  const pings = setInterval(() => ws.readyState === WebSocket.OPEN && ws.ping('still there'), 50);
  ws.on('message', (data, isBinary) => (isBinary ? tcp.write(data) : tcp.destroy()));
  ws.on('close', () => { clearInterval(pings); tcp.end(); });
  ws.on('error', () => tcp.destroy());
  tcp.on('data', (data) => ws.readyState === WebSocket.OPEN && send(ws, data));
  tcp.on('close', () => ws.close(1000));
  tcp.on('error', () => ws.terminate());
}

function listening() {
  console.log(this.address().port);
}

if (mode === 'server') {
  const server = new WebSocketServer({
    host: '127.0.0.1', port: 0, perMessageDeflate: true,
    handleProtocols: (offered) => (offered.has('ws-tunnel') ? 'ws-tunnel' : false),
  });
  server.on('listening', listening);
  server.on('connection', (ws) => join(ws, net.connect(Number(target), '127.0.0.1')));
} else {
  const server = net.createServer({ pauseOnConnect: true }, (tcp) => {
    const ws = new WebSocket(`ws://127.0.0.1:${target}/any/path`, ['ws-tunnel'], { perMessageDeflate: true });
    ws.on('open', () => {
      // We offered compression; it must have been declined.
      if (ws.extensions !== '' || ws.protocol !== 'ws-tunnel') {
        tcp.destroy();
        return;
      }
      join(ws, tcp);
      tcp.resume();
    });
    ws.on('error', () => tcp.destroy());
  });
  server.listen(0, '127.0.0.1', listening);
}

process.stdin.on('end', () => process.exit(0)).resume();
