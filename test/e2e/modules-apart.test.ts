// Nodes that run some modules only: what they answer for the others, with these there and not there.
import { FEATURE_NAMES } from '@mono/server/features';
import { ApiClient } from '../support/api-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, type Person } from '../support/people.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { untilPublished } from '../support/streams.ts';
import { until } from '../support/until.ts';

/** How long a node believes a verdict on a credential. */
const BELIEVED_MS = 5_000;

const readiness = async (url: string): Promise<number> => (await fetch(`${url}/readyz`)).status;

describe('modules apart', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await createInstallation();
    // The first key comes from a node that runs auth.
    await (await installation.startServer()).stop();
  });
  afterEach(() => installation?.stopServers());
  afterAll(() => installation?.end());

  test('what nobody runs answers 503 with Retry-After, the rest serves, and all of it when it is back', async () => {
    const auth = await installation.startServer({ env: { MODULES: 'auth' } });
    const answer = await auth.api.get<{ error: { code: string } }>('/v1/tasks');
    expect([answer.status, answer.body.error.code]).toEqual([503, 'unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await auth.api.get('/v1/admin/dead-letters')).status).toBe(200);
    const client = await NatsClient.connect(installation.nats.url, installation.key);
    expect(await client.call('api.tasks.find_tasks', {})).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    const tasks = await installation.startServer({ env: { MODULES: 'tasks' } });
    for (const { api } of [auth, tasks]) {
      await until('it is served', async () => (await api.get('/v1/tasks')).status === 200);
      expect((await api.post('/v1/tasks', { title: 'Anywhere' })).status).toBe(201);
    }
    expect(await client.call('api.tasks.find_tasks', {})).toMatchObject({ status: 200 });
    await client.close();
  });

  test('where auth is away, nobody is let in, and nobody is told that a key is wrong', async () => {
    const tasks = await installation.startServer({ env: { MODULES: 'tasks' } });
    expect((await tasks.api.get('/v1/tasks')).status).toBe(503);
  });

  test('where auth has gone, keys and users are believed for some seconds, and then nobody', async () => {
    const tasks = await installation.startServer({ env: { MODULES: 'tasks' } });
    // A busy machine may take longer than a verdict lasts, which shows nothing: then once more.
    let end = await endOfAuth(tasks);
    while (end.tookMs >= BELIEVED_MS) end = await endOfAuth(tasks);
    expect([end.before, end.after]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    const { statuses } = end;
    await until('nobody is believed', async () => (await statuses()).every((status) => status === 503));
  });

  /** The statuses of a key and a user at the node with tasks, before and after auth is killed. */
  async function endOfAuth(tasks: ServerProcess) {
    const auth = await installation.startServer({ env: { MODULES: 'auth' } });
    const { member, other } = await newCredentials(auth);
    await untilTold(tasks, other);
    const clients = [tasks.api, new ApiClient(tasks.url, member.tokens.access_token)];
    const statuses = (): Promise<number[]> =>
      Promise.all(clients.map(async (api) => (await api.get('/v1/tasks')).status));
    const began = performance.now();
    const before = await statuses();
    await auth.kill('SIGKILL');
    const after = await statuses();
    return { before, after, statuses, tookMs: performance.now() - began };
  }

  /** A member of the key's workspace, and another key. Returns when the events about both are in their stream. */
  async function newCredentials(auth: ServerProcess): Promise<{ member: Person; other: string }> {
    const links = await MailLinks.open(installation);
    try {
      const { body } = await auth.api.get<{ items: { id: string }[] }>('/v1/workspaces');
      const member = await memberOf(auth.url, links, body.items[0]?.id ?? '', 'member');
      const made = await auth.api.post<{ key: string }>('/v1/api-keys', { name: 'Other', scopes: ['tasks:read'] });
      await untilPublished(links.database, 'auth');
      return { member, other: made.body.key };
    } finally {
      await links.close();
    }
  }

  /** Until the node with tasks has received what is published: a late event about a credential would drop its verdict. */
  async function untilTold(tasks: ServerProcess, key: string): Promise<void> {
    const api = new ApiClient(tasks.url, key);
    await until('it reaches auth', async () => (await api.get('/v1/tasks')).status === 200);
    const client = await NatsClient.connect(installation.nats.url, key);
    try {
      // It follows the events on the connection of the node, whichever edge answers.
      expect(await client.call('api.tasks.find_tasks', {})).toMatchObject({ status: 200 });
    } finally {
      await client.close();
    }
  }

  test('the bus lost, a node with all modules serves on, one without cannot', async () => {
    const whole = await installation.startServer();
    const part = await installation.startServer({ env: { MODULES: 'tasks' } });
    expect((await part.api.get('/v1/tasks')).status).toBe(200);
    await installation.nats.kill('SIGKILL');
    await until('the part is not ready', async () => (await readiness(part.url)) === 503);
    expect(await readiness(whole.url)).toBe(200);
    expect((await whole.api.get('/v1/tasks')).status).toBe(200);
    await installation.nats.restart();
    await until('the part is ready', async () => (await readiness(part.url)) === 200);
  });

  test('an unknown module stops the boot and is named', async () => {
    const boot = installation.startServer({ env: { MODULES: 'tasks,weather' } });
    await expect(boot).rejects.toThrow(`MODULES names unknown modules: weather; known are ${FEATURE_NAMES.join(', ')}`);
  });
});
