// Receives webhooks of Mono, verifies them and applies each once.
import type { AddressInfo } from 'node:net';
import { createReceiver } from './server.ts';
import { Store } from './store.ts';

const { WEBHOOK_SECRET = '', HOST = '127.0.0.1', PORT = '4000', DATA_FILE = 'webhooks.sqlite' } = process.env;
const secrets = WEBHOOK_SECRET.split(',').filter(Boolean);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

if (secrets.length === 0 || !secrets.every((secret) => /^whsec_[A-Za-z\d+/]+=*$/.test(secret))) {
  process.stderr.write(
    'WEBHOOK_SECRET must be set: the secret of the webhook, whsec_…, or several comma-separated ones.\n',
  );
  process.exit(1);
}

const store = new Store(DATA_FILE);
const server = createReceiver({ secrets, store, print });
server.listen(Number(PORT), HOST, () => {
  const { address, port } = server.address() as AddressInfo;
  print(`Listening on http://${address}:${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close(() => store.close());
    server.closeIdleConnections();
  });
