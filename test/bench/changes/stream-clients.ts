// Many clients of one stream in a process of their own: node stream-clients.ts <url> <key> <count>. It reports how many are
// ready, and when the first and the last of them received each change.
import { connect, type Socket } from 'node:net';

const [address = '', key = '', count = '1'] = process.argv.slice(2);
const { hostname, port, pathname, search } = new URL(address);
const COUNT = Number(count);
/** Connections that are opened at the same time. */
const AT_ONCE = 64;
const REQUEST = [
  `GET ${pathname}${search} HTTP/1.1`,
  `Host: ${hostname}:${port}`,
  `Authorization: Bearer ${key}`,
  'Accept: text/event-stream',
  '',
  '',
].join('\r\n');
const READY = Buffer.from('event: ready');
const CHANGE = Buffer.from('event: change');

export interface Received {
  count: number;
  /** Milliseconds since 1970, with fractions. */
  first: number;
  last: number;
}

const now = (): number => performance.timeOrigin + performance.now();
const sockets: Socket[] = [];
const received: Received = { count: 0, first: 0, last: 0 };

function say(message: object): void {
  process.send?.(message);
}

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(REQUEST));
    sockets.push(socket);
    socket.once('error', reject);
    socket.once('close', () => say({ closed: true }));
    socket.on('data', (bytes) => {
      if (bytes.includes(READY)) resolve();
      if (!bytes.includes(CHANGE)) return;
      const at = now();
      if (received.count === 0) received.first = at;
      received.count += 1;
      received.last = at;
      if (received.count === COUNT) {
        say({ received });
        received.count = 0;
      }
    });
  });
}

let opened = 0;
const worker = async (): Promise<void> => {
  while (opened < COUNT) {
    opened += 1;
    await open();
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
say({ ready: COUNT });
process.once('disconnect', () => process.exit(0));
