// Two instances on one database and one bus: what one writes the other shows, and either goes on alone.
import { connect } from '@nats-io/transport-node';
import type { TasksEvent } from '@mono/tasks/contract';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { messagesOf } from '../support/streams.ts';
import { until } from '../support/until.ts';

interface Thing {
  id: string;
  version: number;
  title: string;
}

describe('two instances', () => {
  let installation: Installation;
  let first: ServerProcess;
  let second: ServerProcess;

  beforeAll(async () => {
    installation = await createInstallation();
    // At once: both may find an empty database and want to migrate it.
    [first, second] = await Promise.all([installation.startServer(), installation.startServer()]);
  });
  beforeEach(async () => {
    if (first.ended() !== undefined) first = await installation.startServer();
  });
  afterAll(() => installation?.end());

  test('share what is written, its versions and its replays', async () => {
    const key = { 'idempotency-key': 'shared' };
    const created = await first.api.post<Thing>('/v1/tasks', { title: 'Shared' }, key);
    const path = `/v1/tasks/${created.body.id}`;
    expect((await second.api.get(path)).body).toEqual(created.body);
    const replayed = await second.api.post('/v1/tasks', { title: 'Shared' }, key);
    expect([replayed.body, replayed.headers.get('idempotent-replayed')]).toEqual([created.body, 'true']);
    const changes = await Promise.all(
      [first, second].map(({ api }, number) => api.patch(path, { title: `By ${number}` }, { 'if-match': '"1"' })),
    );
    expect(changes.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412]);
  });

  test('a cursor of one is good at the other', async () => {
    const list = await first.api.post<Thing>('/v1/lists', { title: 'Of both' });
    for (const title of ['a', 'b']) await first.api.post('/v1/tasks', { title, list_id: list.body.id });
    const path = `/v1/tasks?list_id=${list.body.id}&limit=1`;
    const page = await first.api.get<{ page: { next_cursor: string } }>(path);
    const next = await second.api.get<{ items: Thing[] }>(
      `${path}&cursor=${encodeURIComponent(page.body.page.next_cursor)}`,
    );
    expect(next.body.items).toMatchObject([{ title: 'b' }]);
  });

  test('killing one with -9 leaves the other serving, and a third joins', async () => {
    const { body } = await first.api.post<Thing>('/v1/tasks', { title: 'Outlives its writer' });
    await first.kill('SIGKILL');
    expect((await second.api.get<Thing>(`/v1/tasks/${body.id}`)).body.title).toBe('Outlives its writer');
    expect((await second.api.post('/v1/tasks', { title: 'Alone' })).status).toBe(201);
    const third = await installation.startServer();
    expect((await third.api.get<Thing>(`/v1/tasks/${body.id}`)).status).toBe(200);
  });

  test('SIGTERM ends an instance with code 0 while the other serves', async () => {
    expect(await first.stop()).toBe(0);
    expect((await second.api.get('/v1/tasks')).status).toBe(200);
  });

  test('an event of either reaches the bus once', async () => {
    const connection = await connect({ servers: installation.nats.url });
    try {
      const heard: TasksEvent[] = [];
      connection.subscribe('events.tasks.v1.>', {
        callback: (_error, message) => {
          heard.push(message.json());
        },
      });
      await connection.flush();
      const tasks = await Promise.all(
        [first, second].map(({ api }) => api.post<Thing>('/v1/tasks', { title: 'Announced' })),
      );
      const ids = tasks.map(({ body }) => body.id).toSorted();
      // Events of an earlier test may still arrive.
      const created = () =>
        heard
          .filter(({ event, aggregate_id: id }) => event === 'created' && ids.includes(id))
          .map((event) => event.aggregate_id);
      await until('both events are heard', () => created().length >= 2);
      expect(created().toSorted()).toEqual(ids);
    } finally {
      await connection.close();
    }
  });

  test('without the bus writes go on, and their events arrive when it is back', async () => {
    await installation.nats.kill('SIGKILL');
    const written = await first.api.post<Thing>('/v1/tasks', { title: 'Offline' });
    expect(written.status).toBe(201);
    await until('an instance says that it is degraded', async () => {
      const { status, body } = await second.api.get<object>('/readyz');
      return status === 200 && JSON.stringify(body).includes('degraded');
    });
    await installation.nats.restart();
    await until('its event is in the stream', async () =>
      (await messagesOf(installation.nats.url, 'EVENTS_TASKS')).some((event) => event.includes(written.body.id)),
    );
  });
});
