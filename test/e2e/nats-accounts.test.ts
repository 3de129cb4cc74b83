// The permissions of outside clients on a real NATS server with the accounts of nats.conf.
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { BusConnection } from '@mono/bus';
import { EmbeddedNats, type NatsClient as Client } from '@mono/embedded';
import { startChild } from '../support/child.ts';
import { until } from '../support/until.ts';

const EVERYWHERE = ['services.tasks.x', 'internal.auth.verify', 'events.tasks.v1.x', 'work.a.b', 'durable.a.b'];
const SYSTEM = [
  '$JS.API.STREAM.LIST',
  '$JS.API.STREAM.DELETE.EVENTS_TASKS',
  '$SRV.PING',
  '$SYS.REQ.SERVER.PING',
  '$KV.a.b',
];
const PUSHED = ['push.victim.x', 'push.attacker.x'];

/** The permission errors of the connection. */
function refusals(connection: NatsConnection): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') seen.push(String(status.error));
  })();
  return seen;
}

describe('outside clients on NATS', () => {
  let directory: string;
  let server: EmbeddedNats;
  let node: NatsConnection;
  const clients: Client[] = [];
  const open: NatsConnection[] = [];
  const reached: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-accounts-'));
    server = new EmbeddedNats({
      dataDirectory: directory,
      configuration: resolve('nats.conf'),
      program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
    });
    clients.push(server.clients.add('attacker'), server.clients.add('victim'));
    await server.ensureRunning();
    const { username, password, host } = new URL(server.url);
    node = await connect({ servers: host, user: username, pass: password });
    node.subscribe('>', { callback: (_error, message) => void reached.push(message.subject) });
    node.subscribe('api.echo', {
      queue: 'edge',
      callback: (_error, message) => {
        const headers = natsHeaders();
        headers.set('ETag', `"${message.headers?.get('Authorization')}"`);
        headers.set('Seen-Info', message.headers?.values('Nats-Request-Info').at(-1) ?? '');
        message.respond(message.data, { headers });
      },
    });
    await node.flush();
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });
  afterAll(async () => {
    await node?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function as(index: number, inboxPrefix = clients[index]?.inboxPrefix ?? ''): Promise<NatsConnection> {
    const { name = '', password = '' } = clients[index] ?? {};
    const { host } = new URL(server.url);
    const connection = await connect({ servers: host, user: name, pass: password, inboxPrefix, reconnect: false });
    open.push(connection);
    return connection;
  }

  test('call the API and receive its reply, with headers both ways', async () => {
    const client = await as(0);
    const headers = natsHeaders();
    headers.set('Authorization', 'Bearer x');
    const answer = await client.request('api.echo', 'hello', { headers, timeout: 120_000 });
    expect([answer.string(), answer.headers?.get('ETag')]).toEqual(['hello', '"Bearer x"']);
  });

  test.each([...EVERYWHERE, ...SYSTEM, ...PUSHED, '_INBOX_victim.stolen', '_INBOX.of.a.node', 'anything'])(
    'may not publish %s',
    async (subject) => {
      const client = await as(0);
      const refused = refusals(client);
      reached.length = 0;
      client.publish(subject, 'attack');
      await client.flush();
      await until('the server refuses', () => refused.some((text) => /permissions violation/i.test(text)));
      // A permitted message follows: the forbidden one would have arrived first.
      await client.request('api.echo', '', { timeout: 120_000 });
      expect(reached.filter((seen) => seen === subject)).toEqual([]);
    },
  );

  test.each([
    'api.>',
    'api.echo',
    'services.>',
    'internal.>',
    'events.>',
    'work.>',
    'durable.>',
    '$JS.>',
    '$SRV.>',
    '$SYS.>',
    '_INBOX.>',
    '_INBOX_victim.>',
    'push.>',
    'push.*.x',
    'push.victim.>',
    'changes.>',
    '>',
  ])('may not subscribe to %s', async (subject) => {
    const client = await as(0);
    const heard: string[] = [];
    const refused = refusals(client);
    client.subscribe(subject, {
      callback: (error, message) => {
        if (!error) heard.push(message.subject);
      },
    });
    await client.flush();
    await until('the server refuses', () => refused.some((text) => /permissions violation/i.test(text)));
    const victim = await as(1);
    await victim.request('api.echo', 'private', { timeout: 120_000 });
    for (const other of [...EVERYWHERE, ...PUSHED, 'api.echo']) node.publish(other, 'private');
    await node.flush();
    await client.flush();
    expect(heard).toEqual([]);
  });

  test('receive what nodes push to them, and nothing of others', async () => {
    const [attacker, victim] = [await as(0), await as(1)];
    const heard: string[] = [];
    for (const [name, client] of [
      ['attacker', attacker],
      ['victim', victim],
    ] as const) {
      client.subscribe(`push.${name}.>`, { callback: (_error, { subject }) => void heard.push(`${name}: ${subject}`) });
      await client.flush();
    }
    for (const subject of [...PUSHED, 'push.nobody.x']) node.publish(subject, '{}');
    await until('both have it', () => heard.length >= 2);
    expect(heard.toSorted()).toEqual(['attacker: push.attacker.x', 'victim: push.victim.x']);
  });

  test('cannot reply to requests of others', async () => {
    const attacker = await as(0);
    const refused = refusals(attacker);
    attacker.subscribe('api.echo', {
      queue: 'edge',
      callback: (error, message) => {
        if (!error) message.respond('forged');
      },
    });
    await attacker.flush();
    const victim = await as(1);
    for (let call = 0; call < 20; call += 1) {
      expect((await victim.request('api.echo', 'asked', { timeout: 120_000 })).string()).toBe('asked');
    }
    await until('the server has refused', () => refused.length > 0);
  });

  test('are identified by their NATS user, whatever headers they send', async () => {
    const attacker = await as(0);
    const forged = natsHeaders();
    for (const user of ['victim', 'mono']) forged.append('Nats-Request-Info', JSON.stringify({ user }));
    for (const headers of [undefined, forged]) {
      const answer = await attacker.request('api.echo', '', { timeout: 120_000, ...(headers && { headers }) });
      expect(JSON.parse(answer.headers?.get('Seen-Info') ?? '{}')).toMatchObject({ acc: 'CLIENTS', user: 'attacker' });
    }
  });

  test('cannot use the inbox of another client, and must use their own', async () => {
    const disguised = await as(0, '_INBOX_victim');
    await expect(disguised.request('api.echo', '', { timeout: 500 })).rejects.toThrow(/timeout|permissions/i);
    const plain = await as(0, '_INBOX');
    await expect(plain.request('api.echo', '', { timeout: 500 })).rejects.toThrow(/timeout|permissions/i);
  });

  test('can be added and removed while the server runs; removed ones are disconnected', async () => {
    const fresh = server.clients.add('fresh');
    clients.push(fresh);
    server.reload();
    const connection = await until('the new one is let in', () => as(clients.length - 1));
    expect((await connection.request('api.echo', 'hi', { timeout: 120_000 })).string()).toBe('hi');
    expect(server.clients.remove('fresh')).toBe(true);
    server.reload();
    await until('it is thrown out', () => connection.isClosed());
    await expect(as(clients.length - 1)).rejects.toThrow(/authorization/i);
    expect(server.clients.names()).toEqual(['attacker', 'victim']);
    expect(() => server.clients.add('victim')).toThrow('already');
    expect(() => server.clients.add('Bad Name')).toThrow('lower-case');
  });

  test('of earlier releases may hear what is pushed to them after the next start, and restricted ones stay so', async () => {
    const file = join(directory, 'nats', 'clients.conf');
    const written = readFileSync(file, 'utf8');
    const restricted = { publish: { allow: ['api.tasks.>'] }, subscribe: { allow: ['_INBOX_limited.>'] } };
    const former = { publish: { allow: ['api.>'] }, subscribe: { allow: ['_INBOX_former.>'] } };
    const users = [
      { user: 'former', password: 'x', permissions: former },
      { user: 'limited', password: 'x', permissions: restricted },
    ];
    writeFileSync(file, `users = ${JSON.stringify(users)}`);
    server.clients.ensure();
    const after = readFileSync(file, 'utf8');
    expect(after).toContain('"push.former.>"');
    expect(after).not.toContain('push.limited');
    writeFileSync(file, written);
  });

  test('a node reconnects after a temporary authentication failure', async () => {
    const { port } = new URL(server.url);
    const log = { info() {}, warn() {}, error() {} };
    const connection = new BusConnection({ url: server.url, name: 'node', logger: log });
    connection.start();
    await until('it is connected', () => connection.connected);
    // Another server without users takes its place.
    await server.stop();
    const other = startChild(process.env['NATS_SERVER_BIN'] ?? 'nats-server', [
      '-a',
      '127.0.0.1',
      '-p',
      port,
      '--user',
      'x',
      '--pass',
      'y',
    ]);
    // The library alone closes its connection after the second refusal.
    const refusal = /authentication error|authorization violation/gi;
    await until('it has been refused', () => (other.output().match(refusal)?.length ?? 0) >= 3);
    await other.kill('SIGKILL');
    await server.ensureRunning();
    expect(await until('it is back', () => connection.connected && connection.live?.getServer())).toContain(port);
    await connection.close();
  });
});
