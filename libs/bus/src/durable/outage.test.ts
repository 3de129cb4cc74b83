// Consumers while a dependency of their handlers is unavailable.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BusWorld } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { Bus } from '../bus.js';
import { busError } from '../calls/bus-error.js';
import { defineEvent } from '../contracts/contract.js';
import type { DeadLetterInput, DeadLetterSink } from './dead-letter.js';

/** A server of 2.9 may deliver a message of a pull that has ended only after its ack_wait of 30 seconds. */
const WAIT = { limitMs: 120_000 };
const LIMIT_MS = 300_000;

class Noted {
  id: string;
}

const noted = defineEvent({ module: 'notes', name: 'noted', event: Noted });

class Letters implements DeadLetterSink {
  readonly kept: DeadLetterInput[] = [];

  store(letter: DeadLetterInput): Promise<void> {
    this.kept.push(letter);
    return Promise.resolve();
  }
}

/** A stub of a node's database. */
class Needs {
  away = false;
  probes = 0;

  readonly available = (): Promise<void> => {
    this.probes += 1;
    return this.use();
  };

  use(): Promise<void> {
    return this.away ? Promise.reject(busError('unavailable', 'The database cannot be reached.')) : Promise.resolve();
  }
}

describe('during an outage, a consumer', () => {
  let world: BusWorld;
  let connection: NatsConnection;
  let letters: Letters;
  let done: string[];

  beforeEach(async () => {
    world = await BusWorld.start();
    connection = (await world.node()).host.connection.live as NatsConnection;
    await (await jetstreamManager(connection)).streams.add({ name: 'EVENTS_NOTES', subjects: ['events.notes.>'] });
    letters = new Letters();
    done = [];
  });
  afterEach(() => world?.end());

  async function consume(needs: Needs, handler = (_event: Noted, _attempt: number) => needs.use()): Promise<Bus> {
    const bus = await world.node({ deadLetters: letters, available: needs.available });
    const handle = async (event: unknown, attempt: number): Promise<void> => {
      await handler(event as Noted, attempt);
      done.push((event as Noted).id);
    };
    bus.onDurableEvent([noted], (event, { delivery }) => handle(event, delivery?.attempt ?? 0), {
      consumer: 'reader',
      module: 'reading',
      attempts: 2,
      backoffMs: 10,
    });
    return world.serve(bus);
  }

  async function publish(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, index) => `e${index}`);
    await Promise.all(ids.map((id) => jetstream(connection).publish(noted.subject, JSON.stringify({ id }))));
    return ids;
  }

  async function info() {
    return (await jetstreamManager(connection)).consumers.info('EVENTS_NOTES', 'reader');
  }

  test(
    'pauses if no node reaches its database, and handles everything afterwards',
    async () => {
      const needs = [new Needs(), new Needs()];
      for (const one of needs) {
        one.away = true;
        await consume(one);
      }
      const ids = await publish(200);
      await until('both nodes have probed several times', () => needs.every(({ probes }) => probes >= 4));
      // At most one delivery per node: paused consumers receive nothing.
      expect((await info()).delivered.consumer_seq).toBeLessThanOrEqual(400);
      expect(world.log.filter(({ message }) => message.startsWith('Consumers paused'))).toHaveLength(2);
      for (const one of needs) one.away = false;
      // On a busy machine, an acknowledgement may come too late, and its event again.
      await until('all are done', () => new Set(done).size >= ids.length, WAIT);
      expect([...new Set(done)].toSorted()).toEqual(ids.toSorted());
      expect(letters.kept).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'leaves its messages to a node that reaches its database',
    async () => {
      const [sick, healthy] = [new Needs(), new Needs()];
      sick.away = true;
      await consume(sick);
      const ids = await publish(100);
      await until('one node is paused', () => world.log.some(({ message }) => message.startsWith('Consumers paused')));
      await consume(healthy);
      await until('all are done', () => new Set(done).size >= ids.length, WAIT);
      expect([...new Set(done)].toSorted()).toEqual(ids.toSorted());
      expect(letters.kept).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'counts no attempt if another module is unavailable, also if another node continues',
    async () => {
      // Its own database is available, so it does not pause.
      const asks = new Needs();
      let tries = 0;
      const down = (): Promise<void> => {
        tries += 1;
        return Promise.reject(busError('unavailable', 'No node serves tasks.getTask.'));
      };
      const first = await consume(asks, down);
      await publish(1);
      await until('it is tried often', () => tries >= 6);
      await first.drain(5_000);
      const attempts: number[] = [];
      await consume(asks, (_event, attempt) => {
        attempts.push(attempt);
        return attempts.length < 2 ? Promise.reject(new Error('of its own')) : Promise.resolve();
      });
      await until('it is done', () => done.length === 1, WAIT);
      expect(attempts).toEqual([1, 2]);
      expect(letters.kept).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'still moves a faulty message to the dead letters',
    async () => {
      const needs = new Needs();
      needs.away = true;
      await consume(needs, async ({ id }) => {
        await needs.use();
        if (id === 'e1') throw new TypeError('of undefined');
      });
      await publish(3);
      await until('it is paused', () => needs.probes >= 2);
      needs.away = false;
      await until('the others are done', () => done.length === 2, WAIT);
      await until('it is a dead letter', () => letters.kept.length === 1, WAIT);
      expect(letters.kept[0]).toMatchObject({ module: 'reading', attempts: 2, error: { code: 'internal_error' } });
      expect(done.toSorted()).toEqual(['e0', 'e2']);
    },
    LIMIT_MS,
  );

  test(
    'counts no attempt for a handler that hangs',
    async () => {
      const needs = new Needs();
      needs.away = true;
      const bus = await world.node({ deadLetters: letters, available: needs.available });
      bus.onDurableEvent(
        [noted],
        async (event) => {
          if (needs.away) await new Promise(() => {});
          done.push(event.id);
        },
        { consumer: 'reader', module: 'reading', attempts: 1, timeoutMs: 200 },
      );
      await world.serve(bus);
      await publish(1);
      await until('it is paused', () => needs.probes >= 2);
      needs.away = false;
      await until('it is done', () => done.length === 1, WAIT);
      expect(letters.kept).toEqual([]);
    },
    LIMIT_MS,
  );
});

test('the server drops no message before its dead letter is stored', async () => {
  const world = await BusWorld.start();
  try {
    let away = true;
    const kept: DeadLetterInput[] = [];
    let refused = 0;
    const bus = await world.node({
      deadLetters: {
        store: (letter) => {
          if (!away) kept.push(letter);
          else refused += 1;
          return away ? Promise.reject(new Error('The database cannot be reached.')) : Promise.resolve();
        },
      },
    });
    const manager = await jetstreamManager(bus.host.connection.live as NatsConnection);
    await manager.streams.add({ name: 'EVENTS_NOTES', subjects: ['events.notes.>'] });
    bus.onDurableEvent([noted], () => Promise.reject(new Error('no')), {
      consumer: 'reader',
      module: 'reading',
      attempts: 1,
    });
    await world.serve(bus);
    await jetstream(bus.host.connection.live as NatsConnection).publish(noted.subject, '{"id":"x"}');
    await until('the dead letter cannot be stored', () => refused >= 2);
    expect((await manager.consumers.info('EVENTS_NOTES', 'reader')).config).toMatchObject({
      max_deliver: -1,
      description: 'reading',
    });
    away = false;
    await until('the dead letter is stored', () => kept.length === 1);
    expect(kept[0]).toMatchObject({ module: 'reading', consumer: 'reader' });
  } finally {
    await world.end();
  }
});
