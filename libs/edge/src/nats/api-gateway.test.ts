// The door for outside clients on NATS has the limits of the one over HTTP: refusals by user, and the size of a body.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { Bus, BusConnection } from '@mono/bus';
import { EmbeddedNats } from '@mono/embedded';
import { pino } from 'pino';
import { DomainError, operations, post, TextField } from '@mono/contract';
import { Authenticator, domainErrors, busInputReader } from '@mono/platform';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { MAX_BODY_BYTES } from '../http/body-limit.js';
import { RateLimiter } from '../rate-limits/rate-limiter.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { serveApi } from './api-gateway.js';

const REFUSALS = 20;

class Text {
  @TextField({ description: 'Anything.', max: 2 * MAX_BODY_BYTES, optional: true })
  text?: string;
}
const { echo } = operations('door', {}, { echo: post('/v1/door', { summary: 'Echo', scope: null, body: Text }) });

class OneKey extends Authenticator {
  standingOf({ authorization }: { authorization: string | undefined }) {
    return authorization === 'Bearer right' ? ('known' as const) : ('malformed' as const);
  }
  authenticate({ authorization }: { authorization: string | undefined }) {
    if (authorization === 'Bearer right') return Promise.resolve(TEST_PRINCIPAL);
    return Promise.reject(new DomainError('unauthorized', 'unauthorized', 'A credential is needed.'));
  }
}

const limiter = new RateLimiter();
const logger = pino({ level: 'silent' });
const lines: string[] = [];
const gatewayLogger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
let directory: string;
let server: EmbeddedNats;
let connection: BusConnection;
let bus: Bus;
const clients = new Map<string, NatsConnection>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mono-gateway-'));
  server = new EmbeddedNats({
    dataDirectory: directory,
    configuration: resolve('nats.conf'),
    program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
  });
  const users = ['spy', 'robot'].map((name) => server.clients.add(name));
  await server.ensureRunning();
  connection = new BusConnection({ url: server.url, name: 'node', logger });
  connection.start();
  await new Promise<void>((connected) => void connection.onConnected(() => connected()));
  bus = new Bus({ connection, logger, secrets: ['the secret of tests'], errors: domainErrors, reader: busInputReader });
  bus.handle(echo, () => Promise.resolve());
  const limits = new RequestLimits(limiter, { reads: 1_000, writes: 1_000, refusals: REFUSALS });
  serveApi(bus, { contracts: [echo], authenticator: new OneKey(), logger: gatewayLogger, limits });
  bus.start();
  await connection.live?.flush();
  for (const { name, password, inboxPrefix } of users) {
    const { host } = new URL(server.url);
    clients.set(name, await connect({ servers: host, user: name, pass: password, inboxPrefix }));
  }
});
afterAll(async () => {
  limiter.stop();
  for (const client of clients.values()) await client.close();
  await bus?.drain(1_000);
  await connection?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Answer {
  status: number;
  code: string | undefined;
}

async function ask(user: string, key: string, body = '{}', forged?: string): Promise<Answer> {
  const headers = natsHeaders();
  headers.set('Authorization', `Bearer ${key}`);
  if (forged !== undefined) headers.set('Nats-Request-Info', JSON.stringify({ user: forged }));
  const answer = await clients.get(user)?.request('api.door.echo', body, { headers, timeout: 20_000 });
  const code = answer?.headers?.get('Nats-Service-Error') || undefined;
  return { status: Number(answer?.headers?.get('Nats-Service-Error-Code') || 200), code };
}

async function statuses(times: number, ...asked: Parameters<typeof ask>): Promise<number[]> {
  const all: number[] = [];
  for (let turn = 0; turn < times; turn += 1) all.push((await ask(...asked)).status);
  return all;
}

const times = (status: number, count: number): number[] => Array.from({ length: count }, () => status);

test('a NATS user that sends wrong keys is refused after a while; its right keys and other users are served', async () => {
  expect(await statuses(REFUSALS + 5, 'spy', 'wrong')).toEqual([...times(401, REFUSALS), ...times(429, 5)]);
  expect(await ask('spy', 'wrong', '{}', 'somebody-else')).toEqual({ status: 429, code: 'rate_limited' });
  expect(await statuses(5, 'spy', 'right')).toEqual(times(200, 5));
  expect(await ask('robot', 'wrong')).toEqual({ status: 401, code: 'unauthorized' });
});

test('the log names who called, and no credential', async () => {
  lines.length = 0;
  await ask('robot', 'right');
  await ask('robot', 'wrong');
  const [served, refused] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const caller = { key_id: TEST_PRINCIPAL.id, workspace_id: TEST_PRINCIPAL.workspaceId };
  expect(served).toMatchObject({ subject: 'api.door.echo', status: 200, ...caller });
  expect(refused).toMatchObject({ status: 401 });
  expect(refused).not.toHaveProperty('workspace_id');
  expect(lines.join('')).not.toContain('Bearer');
});

const body = (bytes: number): string => JSON.stringify({ text: 'x'.repeat(bytes - 11) });

test('a body is limited as over REST', async () => {
  expect(body(100)).toHaveLength(100);
  expect(await ask('robot', 'right', body(MAX_BODY_BYTES))).toEqual({ status: 200, code: undefined });
  const refused = { status: 413, code: 'payload_too_large' };
  expect(await ask('robot', 'right', body(MAX_BODY_BYTES + 1))).toEqual(refused);
});
