// No trick makes the sender connect to an address that it has not checked. The receivers count connections.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { post } from './post.js';
import { attemptTo, FakeResolver, makeSender, startReceiver, type Receiver } from './testing/receivers.js';
import { parseWebhookUrl } from './webhook-url.js';

let receiver: Receiver;
let connections: number;

beforeAll(async () => {
  receiver = await startReceiver((_request, response) => response.end('inside'));
});
beforeEach(() => {
  connections = receiver.connections;
});
afterAll(() => receiver?.close());

const REFUSED = { kind: 'failed', reason: 'refused_address' };

describe.each([
  ['127.0.0.1'],
  ['127.1'],
  ['2130706433'],
  ['0x7f000001'],
  ['0177.0.0.1'],
  ['127.0.0.1.'],
  ['１２７.0.0.1'],
  ['0'],
  ['[::1]'],
  ['[::]'],
  ['[::ffff:127.0.0.1]'],
  ['[::127.0.0.1]'],
  ['[64:ff9b::7f00:1]'],
  ['localhost'],
  ['LOCALHOST.'],
  ['mono.localhost'],
])('the host %s', (host) => {
  test('is refused before it is looked up', async () => {
    const resolver = new FakeResolver([['127.0.0.1']]);
    const sender = makeSender({ allowPrivate: false, resolver });
    expect(await sender.send(attemptTo(`http://${host}:${receiver.port}/`))).toMatchObject(REFUSED);
    expect([resolver.asked, receiver.connections]).toEqual([[], connections]);
  });
});

describe.each<[string, string[]]>([
  ['loopback', ['127.0.0.1']],
  ['IPv6 loopback', ['::1']],
  ['a mapped loopback address', ['::ffff:127.0.0.1']],
  ['the unspecified address', ['0.0.0.0']],
  ['a private address', ['10.0.0.1']],
  ['the metadata service', ['169.254.169.254']],
  ['a zone', ['fe80::1%lo']],
  ['no address at all', ['localhost']],
  ['a public and a loopback address', ['8.8.8.8', '127.0.0.1']],
  ['a loopback and a public address', ['127.0.0.1', '2606:4700:4700::1111']],
])('a name that resolves to %s', (_what, addresses) => {
  test('is refused', async () => {
    const sender = makeSender({ allowPrivate: false, resolver: new FakeResolver([addresses]) });
    const outcome = await sender.send(attemptTo(`http://rebind.example:${receiver.port}/`));
    expect(outcome).toMatchObject(REFUSED);
    // It would expose names of the installation's network.
    for (const address of addresses) expect(JSON.stringify(outcome)).not.toContain(address);
    expect(receiver.connections).toBe(connections);
  });
});

describe('a name whose address changes between check and use', () => {
  test('is looked up once, and the checked address is the one that is reached', async () => {
    const other = await startReceiver((_request, response) => response.end('other'), {
      host: '127.0.0.2',
      port: receiver.port,
    });
    try {
      const resolver = new FakeResolver([['127.0.0.2'], ['127.0.0.1']]);
      const outcome = await makeSender({ resolver }).send(attemptTo(`http://rebind.example:${receiver.port}/`));
      expect(outcome).toMatchObject({ kind: 'answered', bodyStart: 'other' });
      expect([resolver.asked, other.connections, receiver.connections]).toEqual([['rebind.example'], 1, connections]);
    } finally {
      await other.close();
    }
  });

  test('is checked anew for each attempt', async () => {
    const resolver = new FakeResolver([['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1']]);
    const sender = makeSender({ resolver });
    const kinds: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { kind } = await sender.send(attemptTo(`http://rebind.example:${receiver.port}/`));
      kinds.push(kind);
    }
    expect(kinds).toEqual(['answered', 'failed', 'answered']);
    expect(receiver.connections).toBe(connections + 2);
  });

  test('is not looked up by the connection, although the system knows the name', async () => {
    const target = parseWebhookUrl(`http://localhost:${receiver.port}/`, { allowPrivate: true, allowHttp: true });
    if ('fault' in target) throw new Error(target.fault);
    // Nobody listens there.
    const addresses = ['127.0.0.3'];
    const posting = post({ target, addresses, headers: {}, body: '' }, new AbortController().signal);
    await expect(posting).rejects.toMatchObject({ reason: 'connection' });
    expect(receiver.connections).toBe(connections);
  });
});

test('a host with several addresses is reached by the one that listens', async () => {
  const resolver = new FakeResolver([['::1', '127.0.0.3', '127.0.0.1']]);
  const outcome = await makeSender({ resolver }).send(attemptTo(`http://several.example:${receiver.port}/`));
  expect(outcome).toMatchObject({ kind: 'answered', bodyStart: 'inside' });
});

test('a proxy of the environment is not used', async () => {
  const proxy = await startReceiver((_request, response) => response.end('proxied'));
  try {
    const url = `http://127.0.0.1:${receiver.port}/`;
    const program = `
      import { attemptTo, makeSender } from ${JSON.stringify(resolve(import.meta.dirname, 'testing/receivers.ts'))};
      const { bodyStart } = await makeSender().send(attemptTo(${JSON.stringify(url)}));
      process.stdout.write(bodyStart);`;
    const proxyUrl = `http://127.0.0.1:${proxy.port}`;
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import', resolve('setup/source-loader.mjs'), '--input-type=module', '--eval', program],
      {
        env: { PATH: process.env['PATH'], NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxyUrl, http_proxy: proxyUrl },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const output = (await child.stdout.setEncoding('utf8').toArray()).join('');
    expect([output, proxy.connections]).toEqual(['inside', 0]);
  } finally {
    await proxy.close();
  }
});
