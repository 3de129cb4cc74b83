// Durable consumers on a real nats-server: retries, dead letters, crashes, order by key, drain, and what is tried again.
import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { BusWorld, gate } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { Bus } from '../bus.js';
import { BusError } from '../calls/bus-error.js';
import { defineEvent } from '../contracts/contract.js';
import { holdsRetry, retryDeadLetter, type DeadLetterInput, type DeadLetterSink } from './dead-letter.js';
import { attemptsWithin, type DurableOptions } from './durable-options.js';

class Noted {
  id: string;
  note: string;
  version: number;
}

const noted = defineEvent({ module: 'notes', name: 'noted', event: Noted });
const erased = defineEvent({ module: 'notes', name: 'erased', event: Noted });

class Graveyard implements DeadLetterSink {
  readonly settledKeys: string[] = [];
  readonly letters = new Map<string, DeadLetterInput>();
  burials = 0;
  away = false;

  get only(): DeadLetterInput | undefined {
    return this.letters.size === 1 ? [...this.letters.values()][0] : undefined;
  }

  settled(key: string): Promise<void> {
    this.settledKeys.push(key);
    return Promise.resolve();
  }

  store(letter: DeadLetterInput): Promise<void> {
    if (this.away) return Promise.reject(new Error('the database is away'));
    this.burials += 1;
    this.letters.set(letter.key, letter);
    return Promise.resolve();
  }
}

describe('a durable consumer', () => {
  let world: BusWorld;
  let connection: NatsConnection;
  let graveyard: Graveyard;

  beforeEach(async () => {
    world = await BusWorld.start();
    const helper = await world.node();
    connection = helper.host.connection.live as NatsConnection;
    await (
      await jetstreamManager(connection)
    ).streams.add({ name: 'EVENTS_NOTES', subjects: ['events.notes.>'], duplicate_window: nanos(60_000) });
    graveyard = new Graveyard();
  });
  afterEach(() => world?.end());

  function publish(body: unknown, subject = noted.subject): Promise<unknown> {
    return jetstream(connection).publish(subject, typeof body === 'string' ? body : JSON.stringify(body));
  }

  async function consume(
    handler: (event: Noted, attempt: number, bus: Bus) => Promise<unknown>,
    options: Partial<DurableOptions> = {},
    contracts = [noted],
  ): Promise<Bus> {
    const bus = await world.node({ deadLetters: graveyard });
    bus.onDurableEvent(contracts, (event, { delivery }) => handler(event, delivery?.attempt ?? 0, bus), {
      consumer: 'reader',
      module: 'reading',
      attempts: 3,
      backoffMs: 10,
      ...options,
    });
    return world.serve(bus);
  }

  async function pending(): Promise<number> {
    const info = await (await jetstreamManager(connection)).consumers.info('EVENTS_NOTES', 'reader');
    return info.num_pending + info.num_ack_pending;
  }

  test('receives each event once among several nodes', async () => {
    const heard: string[] = [];
    for (let node = 0; node < 3; node += 1) await consume(({ id }) => Promise.resolve(heard.push(id)));
    const ids = Array.from({ length: 300 }, (_, index) => `e${index}`);
    for (const id of ids) await publish({ id });
    await until('all are heard', () => heard.length >= ids.length);
    await until('all are settled', async () => (await pending()) === 0);
    expect(heard.toSorted()).toEqual(ids.toSorted());
  });

  test('retries a failed message without delaying later ones', async () => {
    const done: string[] = [];
    await consume(
      async ({ id }, attempt) => {
        if (id === 'bad' && attempt < 3) throw new Error('not yet');
        // Later ones do not wait for it, so that it can wait for them.
        if (id === 'bad') await until('the others are done', () => done.length === 20);
        done.push(`${id}:${attempt}`);
      },
      { backoffMs: 300, timeoutMs: 120_000 },
    );
    await publish({ id: 'bad' });
    for (let index = 0; index < 20; index += 1) await publish({ id: `good${index}` });
    await until('all are done', () => done.length === 21);
    expect(done.at(-1)).toBe('bad:3');
    expect(graveyard.letters.size).toBe(0);
  });

  test.each([
    [
      'that throws',
      { id: 'x' },
      () => Promise.reject(new BusError({ status: 409, code: 'clash', message: 'Clash.' })),
      'clash',
    ],
    ['that has a bug', { id: 'x' }, () => Promise.reject(new TypeError('of undefined')), 'internal_error'],
    ['that hangs', { id: 'x' }, () => new Promise(() => {}), 'deadline_exceeded'],
    ['that gets an invalid body', '{"id":', () => Promise.resolve(), 'invalid_json'],
  ])(
    'moves the message of a handler %s to the dead letters, with the error, after its attempts',
    async (_what, body, handler, code) => {
      const fine: string[] = [];
      await consume(({ id }) => (id === 'fine' ? Promise.resolve(fine.push(id)) : handler()), { timeoutMs: 200 });
      await publish(body);
      await publish({ id: 'fine' });
      await until('the other one is done', () => fine.length === 1);
      const letter = await until('it is buried', () => graveyard.only);
      expect(letter).toMatchObject({
        key: 'EVENTS_NOTES/1/reader',
        source: 'message',
        module: 'reading',
        consumer: 'reader',
        subject: noted.subject,
        stream: 'EVENTS_NOTES',
        streamSeq: 1,
        attempts: 3,
        error: { code },
        retrySubject: 'retries.reader',
      });
      expect(Buffer.from(letter.payload).toString()).toBe(typeof body === 'string' ? body : JSON.stringify(body));
      await until('it is off the stream’s consumer', async () => (await pending()) === 0);
    },
  );

  test('moves a message to the dead letters at once after a permanent error only', async () => {
    const attempts: string[] = [];
    await consume(
      ({ id }, attempt) => {
        attempts.push(`${id}:${attempt}`);
        return Promise.reject(new BusError({ status: id === 'never' ? 422 : 503, code: id, message: 'No.' }));
      },
      { isFinal: (error) => error instanceof BusError && error.status === 422 },
    );
    await publish({ id: 'never' });
    await publish({ id: 'later' });
    await until('both are buried', () => graveyard.letters.size === 2);
    expect(attempts.toSorted()).toEqual(['later:1', 'later:2', 'later:3', 'never:1']);
    expect(graveyard.letters.get('EVENTS_NOTES/1/reader')).toMatchObject({
      attempts: 1,
      error: { code: 'never', message: 'No.' },
    });
    expect(graveyard.letters.get('EVENTS_NOTES/1/reader')?.error).not.toHaveProperty('final');
  });

  test('lets as many wait for another try as it is told, and those behind them come all the same', async () => {
    const fine: string[] = [];
    const failing = ({ id }: Noted) =>
      id === 'fine' ? Promise.resolve(fine.push(id)) : Promise.reject(new Error('no'));
    await consume(failing, { maxPending: 1_200, backoffMs: 60_000 });
    await Promise.all(Array.from({ length: 1_100 }, () => publish({ id: 'bad' })));
    await publish({ id: 'fine' });
    await until('the one behind them is done', () => fine.length === 1);
    expect(graveyard.letters.size).toBe(0);
  });

  test('moves a message that kills its process to the dead letters before another attempt', async () => {
    // A handler that never settles stands for a process that dies: the server delivers again after ack_wait.
    let handled = 0;
    const dying = await world.node();
    const consumer = async (): Promise<void> => {
      const { consumers } = jetstream(dying.host.connection.live as NatsConnection);
      const pulled = await (await consumers.get('EVENTS_NOTES', 'reader')).next({ expires: 60_000 });
      if (pulled) handled += 1;
    };
    await publish({ id: 'x' });
    const first = await consume(() => new Promise(() => {}), { attempts: 2, ackWaitMs: 2_000, timeoutMs: 60_000 });
    await until('it is there', () => first.durable[0]?.inFlight === 1);
    // The node dies: its connection closes without a word, and no answer ever comes.
    await first.host.connection.live?.close();
    await consumer();
    let again = 0;
    await consume(() => Promise.resolve((again += 1)), { attempts: 2, ackWaitMs: 2_000 });
    const letter = await until('it is buried', () => graveyard.only);
    expect(handled).toBe(1);
    expect(again).toBe(0);
    expect(letter).toMatchObject({ attempts: 2, error: { code: 'never_settled' } });
  });

  test('keeps a message until its dead letter is stored', async () => {
    graveyard.away = true;
    await consume(() => Promise.reject(new Error('no')));
    await publish({ id: 'x' });
    await until('burying has failed', () =>
      world.log.some(({ message }) => message.startsWith('Failed to store a dead letter')),
    );
    expect(await pending()).toBe(1);
    graveyard.away = false;
    await until('it is buried', () => graveyard.letters.size === 1);
    await until('it is off', async () => (await pending()) === 0);
  });

  test('tries a dead letter again with this consumer alone, and buries it under the same key', async () => {
    let works = false;
    const heard: string[] = [];
    await consume(({ id }) => (works ? Promise.resolve(heard.push(id)) : Promise.reject(new Error('no'))));
    const others: string[] = [];
    const other = await world.node();
    other.onDurableEvent([noted], (event) => Promise.resolve(others.push(event.id)), {
      consumer: 'other',
      module: 'reading',
    });
    await world.serve(other);
    await publish({ id: 'x' });
    const letter = await until('it is buried', () => graveyard.only);
    await until('the other has it', () => others.length === 1);
    let retries = 0;
    const again = (): Promise<number> =>
      retryDeadLetter(other.host.connection, { ...letter, messageId: `${letter.key}.${(retries += 1)}` });
    await again();
    await until('it is buried again', () => graveyard.burials === 2);
    expect([...graveyard.letters.keys()]).toEqual([letter.key]);
    works = true;
    expect(graveyard.settledKeys).toEqual([]);
    const place = await again();
    await until('it is done', () => heard.length === 1);
    await until('it is taken off', async () => !(await holdsRetry(other.host.connection, letter.key, place)));
    expect(graveyard.settledKeys).toEqual([letter.key]);
    expect(others).toEqual(['x']);
  });

  test('does not count that a message waits for its turn, however long', async () => {
    const heard: string[] = [];
    await consume(
      async ({ id }, attempt) => {
        await delay(500);
        heard.push(`${id}:${attempt}`);
      },
      { concurrency: 1, ackWaitMs: 5_000 },
    );
    const ids = Array.from({ length: 12 }, (_, index) => `e${index}`);
    for (const id of ids) await publish({ id });
    await until('all are settled', async () => heard.length >= ids.length && (await pending()) === 0);
    // Comes behind whatever waits here.
    await publish({ id: 'last' });
    await until('the last one is heard', () => heard.includes('last:1'));
    expect(heard).toEqual([...ids, 'last'].map((id) => `${id}:1`));
    expect(graveyard.letters.size).toBe(0);
  });

  test('handles one key one after the other, and others side by side', async () => {
    const running = new Set<string>();
    const order: string[] = [];
    let most = 0;
    await consume(
      async ({ note, version }) => {
        expect(running.has(note)).toBe(false);
        running.add(note);
        most = Math.max(most, running.size);
        await until('another is at it as well', () => most > 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        order.push(`${note}${version}`);
        running.delete(note);
      },
      { key: (body) => (body as Noted).note, concurrency: 8 },
    );
    const notes = ['a', 'b', 'c', 'd'];
    for (let version = 1; version <= 20; version += 1) {
      for (const note of notes) await publish({ id: `${note}${version}`, note, version });
    }
    await until('all are done', () => order.length === 80);
    expect(most).toBeGreaterThan(1);
    for (const note of notes) {
      const versions = order.filter((entry) => entry.startsWith(note)).map((entry) => Number(entry.slice(1)));
      expect(versions).toEqual(versions.toSorted((one, two) => one - two));
    }
  });

  test('hears the events that it names, and lets others of the stream go by', async () => {
    const heard: string[] = [];
    await consume(({ id }) => Promise.resolve(heard.push(id)), {}, [noted, erased]);
    await publish({ id: 'one' });
    await publish({ id: 'unwanted' }, 'events.notes.v1.other');
    await publish({ id: 'two' }, erased.subject);
    await until('both are heard', () => heard.length === 2);
    await until('all are settled', async () => (await pending()) === 0);
    expect(heard).toEqual(['one', 'two']);
  });

  test('waits for a stream that is made later', async () => {
    await (await jetstreamManager(connection)).streams.delete('EVENTS_NOTES');
    const heard: string[] = [];
    await consume(({ id }) => Promise.resolve(heard.push(id)));
    await (await jetstreamManager(connection)).streams.add({ name: 'EVENTS_NOTES', subjects: ['events.notes.>'] });
    await publish({ id: 'late' });
    await until('it is heard', () => heard.length === 1);
    expect(heard).toEqual(['late']);
  });

  test('continues after a loss of the server, of its consumer and of its stream', async () => {
    const heard: string[] = [];
    await consume(({ id }) => Promise.resolve(heard.push(id)));
    await publish({ id: 'before' });
    await until('it is heard', () => heard.includes('before'));
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    await until('the next one is heard', async () => {
      await publish({ id: 'after the server' });
      return heard.includes('after the server');
    });
    await (await jetstreamManager(connection)).consumers.delete('EVENTS_NOTES', 'reader');
    await publish({ id: 'after the consumer' });
    await until('the next one is heard', () => heard.includes('after the consumer'));
    await (await jetstreamManager(connection)).streams.delete('EVENTS_NOTES');
    await (await jetstreamManager(connection)).streams.add({ name: 'EVENTS_NOTES', subjects: ['events.notes.>'] });
    await publish({ id: 'after the stream' });
    await until('the next one is heard', () => heard.includes('after the stream'));
    expect(graveyard.letters.size).toBe(0);
  });

  test('drains: returns messages that it has not started, and finishes the others', async () => {
    const { opened, open } = gate();
    const first: string[] = [];
    const slow = await consume(
      async ({ id }) => {
        await opened;
        first.push(id);
      },
      { concurrency: 2 },
    );
    for (let index = 0; index < 50; index += 1) await publish({ id: `e${index}` });
    await until('two are at it', () => slow.durable[0]?.inFlight === 2);
    const drained = slow.drain(10_000);
    const second: string[] = [];
    await consume(({ id }) => Promise.resolve(second.push(id)));
    await until('the other node has what was given back', () => second.length === 48);
    open();
    expect(await drained).toBe(true);
    expect(first).toHaveLength(2);
    await until('all are settled', async () => (await pending()) === 0);
    expect([...first, ...second].length).toBe(50);
  });

  test('is updated to its declaration', async () => {
    const first = await consume(() => Promise.resolve(), { ackWaitMs: 10_000 });
    const manager = await jetstreamManager(connection);
    const waits = async (): Promise<number> =>
      (await manager.consumers.info('EVENTS_NOTES', 'reader')).config.ack_wait ?? 0;
    await until('it is there', async () => (await waits()) === nanos(10_000));
    await first.drain(1_000);
    await consume(() => Promise.resolve(), { ackWaitMs: 20_000 });
    expect(await until('it is changed', async () => (await waits()) !== nanos(10_000) && (await waits()))).toBe(
      nanos(20_000),
    );
  });

  test('moves messages that the server has dropped to the dead letters', async () => {
    await (
      await jetstreamManager(connection)
    ).consumers.add('EVENTS_NOTES', {
      durable_name: 'old',
      description: 'reading',
      ack_policy: 'explicit',
      ack_wait: nanos(200),
      max_deliver: 1,
    });
    await world.serve(await world.node({ deadLetters: graveyard }));
    await publish({ id: 'x' });
    const consumer = await jetstream(connection).consumers.get('EVENTS_NOTES', 'old');
    await until('the stream of advisories is there', async () =>
      (await jetstreamManager(connection)).streams.info('LOST_DELIVERIES'),
    );
    expect(await consumer.next({ expires: 60_000 })).not.toBeNull();
    const letter = await until('it is buried', async () => {
      // The advisory comes with a later pull.
      await consumer.next({ expires: 1_000 });
      return graveyard.only;
    });
    expect(letter).toMatchObject({
      key: 'EVENTS_NOTES/1/old',
      module: 'reading',
      error: { code: 'lost_delivery' },
      attempts: 1,
    });
    expect(Buffer.from(letter.payload).toString()).toBe('{"id":"x"}');
  });
});

test.each([
  [0, 1_000, 1],
  [999, 1_000, 1],
  [1_000, 1_000, 2],
  [7_000, 1_000, 4],
  // 1 + 2 + 4 + … + 256 = 511 seconds, and then every five minutes.
  [511_000, 1_000, 10],
  [60 * 60_000, 1_000, 20],
])('within %i ms, beginning with %i ms, there are %i attempts', (horizonMs, backoffMs, attempts) => {
  expect(attemptsWithin(horizonMs, backoffMs)).toBe(attempts);
});
