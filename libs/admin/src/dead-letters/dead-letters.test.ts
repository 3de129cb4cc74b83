// The store of dead letters on a real PostgreSQL, and its routes behind the real edge.

import { until } from '../../../../test/support/until.ts';
import { Bus, type DeadLetterInput } from '@mono/bus';
import { restController } from '@mono/edge';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '@mono/edge/testing';
import type { Database, JobLetter } from '@mono/platform';
import { localBus, TEST_PRINCIPAL } from '@mono/platform/testing';
import { deadLettersOperations, type DeadLetter, type DeadLetterPage } from '../../contract/index.js';
import { AuditWorld } from '../../testing/audit-world.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLetters } from './dead-letters.js';
import type { RetrySource } from './dead-letters.store.js';
import { RetryDispatcher, type RetryDispatcherOptions, type RetryMessage } from './retry-dispatcher.js';

const by = { actor: { kind: 'api_key', id: 'k1' }, note: 'The provider is back.', source: 'http' };

function letter(n: number, more: Partial<DeadLetterInput> = {}): DeadLetterInput {
  return {
    key: `EVENTS_NOTES/${n}/reader`,
    source: 'message',
    module: 'reading',
    consumer: 'reader',
    subject: 'events.notes.v1.noted',
    stream: 'EVENTS_NOTES',
    streamSeq: n,
    payload: Buffer.from(`{"n":${n}}`),
    headers: { 'Nats-Msg-Id': `m${n}`, Authorization: 'Bearer hunter2hunter2', 'Bus-Principal': 'sealed' },
    error: { code: 'clash', message: 'Clash\0.', stack: 'Error: Clash.\n  at here' },
    attempts: 5,
    failedAt: new Date('2026-05-01T09:00:00Z'),
    retrySubject: 'retries.reader',
    ...more,
  };
}

/** As the mover of failed jobs writes it; `run` is the job in the queue. */
function jobLetter(run: string, more: Partial<JobLetter> = {}): JobLetter {
  return {
    ...letter(1),
    key: 'job.baking.1',
    source: 'job',
    consumer: 'baking',
    subject: 'bake',
    stream: null,
    streamSeq: null,
    headers: { 'Job-Id': run, 'Deduplicated-By': 'rye' },
    attempts: 3,
    retrySubject: 'jobs.baking',
    ...more,
  };
}

const seqs = (page: DeadLetterPage): (number | null)[] => page.items.map(({ stream_seq }) => stream_seq);

describe('dead letters', () => {
  let world: AuditWorld;
  let database: Database;
  let store: DeadLetterStore;
  let letters: DeadLetters;

  beforeAll(async () => {
    world = await AuditWorld.create({ poolSize: 10 });
    database = world.database;
  });
  beforeEach(async () => {
    await database.query('TRUNCATE platform.dead_letter');
    await world.empty();
    store = new DeadLetterStore(database);
    letters = new DeadLetters(database, world.node(), store);
  });
  afterAll(() => world?.end());

  const retry = (id: string): Promise<DeadLetter> => letters.resolve(id, 'retried', by);
  const discard = (id: string): Promise<DeadLetter> => letters.resolve(id, 'discarded', by);
  const audited = async (): Promise<unknown[]> => (await world.node().find({})).items;
  const all = async (): Promise<DeadLetter[]> => (await letters.find({})).items;
  async function only(): Promise<DeadLetter> {
    const [first, ...more] = await all();
    expect(more).toEqual([]);
    if (!first) throw new Error('There is none.');
    return first;
  }

  test('of a job that is found in its queue again after it was buried, nothing changes, even when it is tried again by now', async () => {
    await store.store(jobLetter('run 1'));
    await store.store(jobLetter('run 1'));
    const { id, ...kept } = await only();
    expect(kept).toMatchObject({ source: 'job', status: 'open', attempts: 3, version: 1 });
    await retry(id);
    await store.store(jobLetter('run 1'));
    expect(await only()).toMatchObject({ id, status: 'retried', attempts: 3 });
    // The retry has failed, too.
    await store.store(jobLetter('run 2', { attempts: 2 }));
    expect(await only()).toMatchObject({ id, status: 'open', attempts: 5, headers: { 'Job-Id': 'run 2' } });
    await discard(id);
    await store.store(jobLetter('run 3'));
    expect(await only()).toMatchObject({ id, status: 'discarded' });
  });

  test('are brought back by the dispatcher of their kind, and those of jobs by one that has their queue', async () => {
    await store.store(letter(1));
    await store.store(jobLetter('run 1'));
    await store.store(jobLetter('run 2', { key: 'job.brewing.2', consumer: 'brewing', retrySubject: 'jobs.brewing' }));
    await letters.resolveMany('retried', { filter: {} }, by);
    const published: string[] = [];
    const make = (source: RetrySource): RetryDispatcher =>
      new RetryDispatcher(database, {
        source,
        publish: async ({ key }) => {
          published.push(`${source.name} ${key}`);
          return null;
        },
        onError: (error) => published.push(String(error)),
        intervalMs: 20,
      });
    const dispatchers = [make({ name: 'message' }), make({ name: 'job', consumers: () => ['baking'] })];
    for (const dispatcher of dispatchers) dispatcher.start();
    await until('two are brought back', () => published.length >= 2);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
    expect(published.toSorted()).toEqual(['job job.baking.1', 'message EVENTS_NOTES/1/reader']);
  });

  test('keep everything that a person needs, and no credential', async () => {
    await store.store(letter(1));
    const kept = await only();
    expect(kept).toMatchObject({
      source: 'message',
      module: 'reading',
      consumer: 'reader',
      subject: 'events.notes.v1.noted',
      stream: 'EVENTS_NOTES',
      stream_seq: 1,
      payload: '{"n":1}',
      payload_encoding: 'utf8',
      headers: { 'Nats-Msg-Id': 'm1' },
      error: { code: 'clash', message: 'Clash.', stack: 'Error: Clash.\n  at here' },
      attempts: 5,
      status: 'open',
      retries: 0,
      failed_at: '2026-05-01T09:00:00.000Z',
      resolved_at: null,
      version: 1,
    });
    expect(await letters.get(kept.id)).toEqual(kept);
  });

  test('take bytes that are no text, and a large payload', async () => {
    await store.store(letter(1, { payload: Buffer.from([0xff, 0, 0xfe]) }));
    expect(await only()).toMatchObject({ payload: '/wD+', payload_encoding: 'base64' });
    await store.store(letter(2, { payload: Buffer.alloc(7 * 1024 * 1024, 'x') }));
    const [, large] = await all();
    expect(large?.payload).toBeNull();
    expect((await letters.get(large?.id ?? '')).payload?.length).toBe(7 * 1024 * 1024);
  });

  test('are one however often the same is buried', async () => {
    await store.store(letter(1));
    await store.store(letter(1, { attempts: 6, error: { code: 'other', message: 'Other.' } }));
    expect(await only()).toMatchObject({
      attempts: 6,
      status: 'open',
      version: 2,
      error: { code: 'other', stack: null },
    });
  });

  test('are tried again once, however often somebody asks', async () => {
    await store.store(letter(1));
    const { id } = await only();
    const first = await retry(id);
    expect(first).toMatchObject({ status: 'retried', retries: 1, resolved_by: 'api_key:k1', note: by.note });
    expect(await letters.resolve(id, 'retried', { ...by, actor: { kind: 'api_key', id: 'other' } })).toEqual(first);
    expect(await audited()).toMatchObject([
      { action: 'dead_letter.retried', actor: by.actor, source: 'http', details: { ids: [id], note: by.note } },
    ]);
  });

  test('are open again when the retry fails, with all attempts', async () => {
    await store.store(letter(1));
    const { id } = await only();
    await retry(id);
    await store.store(letter(1, { attempts: 3 }));
    expect(await only()).toMatchObject({ id, status: 'open', attempts: 8, retries: 1, note: null });
    expect(await retry(id)).toMatchObject({ retries: 2 });
  });

  test('stay discarded, and are not tried again then', async () => {
    await store.store(letter(1));
    const { id } = await only();
    const discarded = await discard(id);
    expect(discarded.status).toBe('discarded');
    expect(await discard(id)).toEqual(discarded);
    await store.store(letter(1));
    expect(await only()).toEqual(discarded);
    await expect(retry(id)).rejects.toMatchObject({ code: 'dead_letter_discarded' });
  });

  test('that are being tried again are not discarded meanwhile; those that nobody knows are not found', async () => {
    await store.store(letter(1));
    const { id } = await only();
    await retry(id);
    await expect(discard(id)).rejects.toMatchObject({ code: 'dead_letter_retried' });
    await expect(retry(TEST_PRINCIPAL.id)).rejects.toMatchObject({ code: 'dead_letter_not_found' });
  });

  test('are found by every filter, and paged', async () => {
    for (let n = 1; n <= 7; n += 1) {
      await store.store(letter(n, { consumer: n % 2 ? 'odd' : 'even', failedAt: new Date(Date.UTC(2026, 0, n)) }));
    }
    const [first] = await all();
    await discard(first?.id ?? '');
    expect(seqs(await letters.find({ consumer: 'even' }))).toEqual([2, 4, 6]);
    expect(seqs(await letters.find({ status: 'discarded' }))).toEqual([1]);
    expect(seqs(await letters.find({ failed_after: '2026-01-06T00:00:00Z' }))).toEqual([6, 7]);
    expect(seqs(await letters.find({ failed_before: '2026-01-02T00:00:00Z' }))).toEqual([1]);
    expect(seqs(await letters.find({ error_code: 'none' }))).toEqual([]);
    const page = await letters.find({ limit: 3, order_dir: 'desc', count: 'exact' });
    expect([seqs(page), page.page.total]).toEqual([[7, 6, 5], 7]);
    const next = await letters.find({ limit: 3, order_dir: 'desc', cursor: page.page.next_cursor ?? '' });
    expect(seqs(next)).toEqual([4, 3, 2]);
  });

  test('are resolved in bulk by ids or by filter, the open ones of them', async () => {
    for (let n = 1; n <= 5; n += 1) await store.store(letter(n, { consumer: n < 4 ? 'few' : 'others' }));
    const ids = (await all()).map(({ id }) => id);
    await discard(ids[0] ?? '');
    expect(await letters.resolveMany('retried', { filter: { consumer: 'few' } }, by)).toEqual({
      matched: 2,
      changed: 2,
    });
    expect(await letters.resolveMany('retried', { ids }, by)).toEqual({ matched: 5, changed: 2 });
    expect((await all()).map(({ status }) => status)).toEqual(['discarded', ...Array<string>(4).fill('retried')]);
    await expect(letters.resolveMany('retried', {}, by)).rejects.toMatchObject({ code: 'validation_error' });
  });

  function dispatcher(
    publish: (message: RetryMessage) => Promise<void>,
    more: Partial<RetryDispatcherOptions> = {},
  ): RetryDispatcher {
    const kept = async (message: RetryMessage): Promise<number> => {
      await publish(message);
      return 1;
    };
    return new RetryDispatcher(database, { publish: kept, onError: () => {}, intervalMs: 20, ...more });
  }

  describe('tried again', () => {
    test('are published once each by several nodes, under an id of their own', async () => {
      for (let n = 1; n <= 120; n += 1) await store.store(letter(n));
      await letters.resolveMany('retried', { filter: { consumer: 'reader' } }, by);
      const sent: RetryMessage[] = [];
      const nodes = [1, 2, 3].map(() =>
        dispatcher((message) => {
          sent.push(message);
          return Promise.resolve();
        }),
      );
      for (const node of nodes) node.start();
      await until('all are sent', () => sent.length >= 120);
      for (const node of nodes) await node.stop();
      expect(sent).toHaveLength(120);
      expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(120);
      expect(sent[0]).toMatchObject({ retrySubject: 'retries.reader', subject: 'events.notes.v1.noted' });
      expect(Object.keys(sent[0]?.headers ?? {})).toEqual(['Nats-Msg-Id']);
    });

    test('are published at once, not in the next interval', async () => {
      await store.store(letter(1));
      const sent: string[] = [];
      const node = store.dispatcher({
        publish: ({ key }) => Promise.resolve(sent.push(key)),
        onError: () => {},
        intervalMs: 3_600_000,
      });
      node.start();
      await retry((await only()).id);
      await until('it is sent', () => sent.length > 0);
      await node.stop();
      expect(sent).toEqual([letter(1).key]);
    });

    test('that their stream has lost are published again, until they are settled', async () => {
      for (const n of [1, 2, 3]) await store.store(letter(n));
      await letters.resolveMany('retried', { filter: { consumer: 'reader' } }, by);
      const sent: string[] = [];
      const asked: string[] = [];
      const lost: string[] = [];
      const node = dispatcher(
        ({ key }) => {
          sent.push(key);
          return Promise.resolve();
        },
        {
          lostAfterMs: 1,
          // The stream has the first one still, and not the others: the second was consumed, the third lost.
          holds: (key) => {
            asked.push(key);
            return Promise.resolve(key === letter(1).key);
          },
          onLost: ({ key }) => lost.push(key),
        },
      );
      const [one, two, three] = [letter(1).key, letter(2).key, letter(3).key];
      await store.settled(two);
      node.start();
      await until('the lost one is published again and again', () => sent.filter((key) => key === three).length >= 3);
      await store.settled(three);
      const before = asked.length;
      await until(
        'the first one is looked for again',
        () => asked.slice(before).filter((key) => key === one).length >= 3,
      );
      await node.stop();
      expect(sent.filter((key) => key !== three).toSorted()).toEqual([one, two]);
      expect(new Set(lost)).toEqual(new Set([three]));
      expect(asked).not.toContain(two);
    });

    test('wait while the bus is away', async () => {
      await store.store(letter(1));
      await retry((await only()).id);
      let away = true;
      let tried = 0;
      const node = dispatcher(() => {
        tried += 1;
        return away ? Promise.reject(new Error('away')) : Promise.resolve();
      });
      node.start();
      await until('it was tried', () => tried >= 2);
      away = false;
      await until('it is dispatched', async () => {
        const rows = await database.query('SELECT FROM platform.dead_letter WHERE dispatched_at IS NOT NULL');
        return rows.length === 1;
      });
      await node.stop();
      expect(tried).toBeGreaterThanOrEqual(3);
    });
  });

  describe('over HTTP', () => {
    let application: TestApplication;

    async function start(scopes: string[]): Promise<void> {
      application = await startTestApplication({
        controllers: [restController(deadLettersOperations)],
        providers: [{ provide: Bus, useValue: localBus(new DeadLettersController(letters)) }],
        principal: { ...TEST_PRINCIPAL, scopes },
      });
    }
    afterEach(() => application?.close());

    async function call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
      const response = await fetch(`${application.url}/v1/admin/dead-letters${path}`, {
        method,
        headers: { authorization: TEST_CREDENTIAL, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    }

    test('are for operators', async () => {
      await start(['*']);
      expect(await call('GET', '')).toMatchObject({ status: 403, body: { error: { details: { scope: 'operator' } } } });
    });

    test('are listed, read, tried again and discarded', async () => {
      await start(['operator']);
      for (let n = 1; n <= 3; n += 1) await store.store(letter(n));
      const listed = await call('GET', '?status=open&limit=2');
      const [one, two] = (listed.body as DeadLetterPage).items;
      expect((await call('GET', `/${one?.id}`)).body).toEqual(one);
      expect(await call('POST', `/${one?.id}/retry`, {})).toMatchObject({ status: 200, body: { status: 'retried' } });
      const why = { note: 'Of no use.' };
      expect(await call('POST', `/${two?.id}/discard`, why)).toMatchObject({ status: 200, body: why });
      expect(await call('POST', '/retry', { filter: {} })).toEqual({ status: 200, body: { matched: 1, changed: 1 } });
      expect(await call('POST', '/discard', {})).toMatchObject({ status: 422 });
      expect(await call('POST', `/${two?.id}/retry`, {})).toMatchObject({ status: 409 });
      const actor = { kind: 'api_key', id: TEST_PRINCIPAL.id };
      expect(await audited()).toMatchObject([
        { action: 'dead_letter.retried', actor, source: 'http', details: { ids: [one?.id] } },
        { action: 'dead_letter.discarded', actor, details: { ids: [two?.id], ...why } },
        { action: 'dead_letter.retried', actor },
      ]);
    });
  });
});
