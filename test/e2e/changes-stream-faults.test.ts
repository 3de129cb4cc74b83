// Streams of changes while nodes die or stop, and while a client does not read: it continues with its last id and misses nothing.
import type { Change } from '@mono/changes/contract';
import { EventStreamClient } from '../support/event-stream-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** More than the buffers of a connection hold. */
const LARGE = { tasks: 40, description: 'x'.repeat(60_000), rounds: 8 };

async function metricsOf({ url }: ServerProcess): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function create({ api }: ServerProcess): Promise<string> {
  const { status, body } = await api.post<{ id: string }>('/v1/tasks', { title: 'Streamed' });
  expect(status).toBe(201);
  return body.id;
}

function idsIn(...streams: EventStreamClient[]): string[] {
  return streams.flatMap((one) => one.named('change').map(({ data }) => (data as Change).thing_id));
}

describe('streams of changes on two instances', () => {
  let installation: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  let stream: EventStreamClient | undefined;

  beforeAll(async () => {
    installation = await createInstallation();
    first = await installation.startServer();
    second = await installation.startServer();
  });
  afterEach(() => stream?.close());
  afterAll(() => installation?.end());

  async function open({ url }: ServerProcess, lastEventId?: string, query = ''): Promise<EventStreamClient> {
    const address = `${url}/v1/changes/stream${query}`;
    stream = await EventStreamClient.open(address, { key: installation.key, lastEventId });
    const { events } = stream;
    if (lastEventId === undefined) await until('it is ready', () => events.some(({ event }) => event === 'ready'));
    return stream;
  }

  test('a client continues on the other one after kill -9, with each change once', async () => {
    const before = await open(first);
    const ids = [await create(first), await create(second)];
    await until('they have come', () => idsIn(before).length >= 2);
    await first.kill('SIGKILL');
    await until('the stream has broken', () => before.isEnded);
    ids.push(await create(second));
    const after = await open(second, before.lastId);
    ids.push(await create(second));
    await until('the rest has come', () => ids.every((id) => idsIn(before, after).includes(id)));
    expect(
      idsIn(before, after)
        .filter((id) => ids.includes(id))
        .toSorted(),
    ).toEqual(ids.toSorted());
    first = await installation.startServer();
  });

  test('a node that stops ends its streams at once, and itself with 0', async () => {
    const before = await open(first);
    const stopped = first.stop();
    await until('the stream has ended', () => before.isEnded);
    expect(before.events.at(-1)).toMatchObject({ event: 'end', data: { code: 'stopping' } });
    expect(await stopped).toBe(0);
    const id = await create(second);
    const after = await open(second, before.lastId);
    await until('the change has come', () => idsIn(after).includes(id));
    first = await installation.startServer();
  });

  test('a client that does not read is cut off, and continues', async () => {
    const slow = await open(first, undefined, '?include=resource&types=task');
    const tasks = await Promise.all(
      Array.from({ length: LARGE.tasks }, async () => {
        const { description } = LARGE;
        return (await first.api.post<{ id: string }>('/v1/tasks', { title: 'Large', description })).body.id;
      }),
    );
    slow.pause();
    for (let round = 1; round <= LARGE.rounds; round += 1)
      await Promise.all(tasks.map((id) => first.api.patch(`/v1/tasks/${id}`, { title: `Round ${round}` })));
    await until('the node has cut it off', async () => /^change_streams 0$/m.test(await metricsOf(first)));
    slow.resume();
    await until('the stream has ended', () => slow.isEnded);
    const received = slow.named('change').length;
    expect(received).toBeLessThan(LARGE.tasks * LARGE.rounds);
    const after = await open(first, slow.lastId, '?include=resource&types=task');
    await until(
      'the rest has come',
      () => slow.named('change').length + after.named('change').length >= LARGE.tasks * (LARGE.rounds + 1),
    );
    const versions = new Map<string, number[]>(tasks.map((id) => [id, []]));
    for (const { data } of [...slow.named('change'), ...after.named('change')])
      versions.get((data as Change).thing_id)?.push((data as Change).version);
    const expected = Array.from({ length: LARGE.rounds + 1 }, (_, index) => index + 1);
    for (const seen of versions.values()) expect(seen.toSorted((a, b) => a - b)).toEqual(expected);
  });
});
