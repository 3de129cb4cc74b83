// Looks up names at a name server of the test.
import { Resolver } from 'node:dns/promises';
import { until } from '../../../../test/support/until.ts';
import { AddressResolver } from './address-resolver.js';
import { NameServer } from './testing/name-server.js';
import { attemptTo, makeSender } from './testing/receivers.js';

const V4 = [93, 184, 216, 34];
const V6 = [0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11];

let server: NameServer;

beforeAll(async () => {
  server = await NameServer.start({
    'both.example': { A: V4, AAAA: V6 },
    'v4.example': { A: V4 },
    'v6.example': { AAAA: V6 },
    'none.example': {},
    'silent.example': 'silent',
    'private.example': { A: [10, 0, 0, 1], AAAA: V6 },
    'mapped.example': { AAAA: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1] },
  });
});
afterAll(() => server?.close());

class TestResolver extends AddressResolver {
  protected override nameServers(): Resolver {
    const resolver = new Resolver({ timeout: 60_000, tries: 1 });
    resolver.setServers([server.address]);
    return resolver;
  }
}

const strict = () => new TestResolver({ WEBHOOKS_ALLOW_PRIVATE: false });
const resolve = (host: string, signal = new AbortController().signal) => strict().resolve(host, signal);

test.each([
  ['both.example', ['2606:4700:4700::1111', '93.184.216.34']],
  ['v4.example', ['93.184.216.34']],
  ['v6.example', ['2606:4700:4700::1111']],
])('%s has the addresses of both families', async (host, addresses) => {
  expect(await resolve(host)).toEqual(addresses);
});

test('a name that is missing, or has no address, is an error with a code', async () => {
  await expect(resolve('missing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolve('none.example')).rejects.toMatchObject({ code: 'ENODATA' });
});

test('a name server that does not answer is not waited for any longer once the attempt ends', async () => {
  const ending = new AbortController();
  const resolving = resolve('silent.example', ending.signal);
  await until('the server is asked', () => server.asked.includes('A silent.example'));
  ending.abort();
  await expect(resolving).rejects.toMatchObject({ code: 'ECANCELLED' });
});

test.each(['private.example', 'mapped.example'])('%s is refused', async (host) => {
  const sender = makeSender({ allowPrivate: false, resolver: strict() });
  expect(await sender.send(attemptTo(`http://${host}/`))).toMatchObject({ kind: 'failed', reason: 'refused_address' });
});

test('on a LAN, the hosts of the system are known', async () => {
  const resolver = new TestResolver({ WEBHOOKS_ALLOW_PRIVATE: true });
  const addresses = await resolver.resolve('localhost', new AbortController().signal);
  expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining(addresses));
});
