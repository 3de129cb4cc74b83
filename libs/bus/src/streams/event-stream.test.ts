import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import { startNatsServer, type NatsServer } from '../testing/nats-server.js';
import { eventStreamName, reconcileEventStream } from './event-stream.js';
import { StreamChangeRefused } from './reconcile.js';

const HOUR_MS = 3_600_000;

describe('a module’s stream of events', () => {
  let nats: NatsServer;
  let connection: NatsConnection;
  beforeAll(async () => {
    nats = await startNatsServer();
    connection = await connect({ servers: nats.url });
  });
  afterAll(async () => {
    await connection?.close();
    await nats?.stop();
  });

  const options = { module: 'time-tracking', maxAgeMs: HOUR_MS, duplicateWindowMs: 120_000 };

  test('is created, then found unchanged', async () => {
    expect(await reconcileEventStream(connection, options)).toBe('created');
    expect(await reconcileEventStream(connection, options)).toBe('unchanged');
    const { config } = await (await jetstreamManager(connection)).streams.info(eventStreamName('time-tracking'));
    expect(config).toMatchObject({
      name: 'EVENTS_TIME_TRACKING',
      subjects: ['events.time-tracking.>'],
      storage: 'file',
      max_age: nanos(HOUR_MS),
    });
  });

  test('follows the declared age, and keeps settings of an operator', async () => {
    const { streams } = await jetstreamManager(connection);
    const name = eventStreamName('time-tracking');
    await streams.update(name, { description: 'an operator’s note' });
    expect(await reconcileEventStream(connection, { ...options, maxAgeMs: 2 * HOUR_MS })).toBe('updated');
    const { config } = await streams.info(name);
    expect(config).toMatchObject({ max_age: nanos(2 * HOUR_MS), description: 'an operator’s note' });
  });

  test('throws if the server refuses a change', async () => {
    const { streams } = await jetstreamManager(connection);
    // Retention cannot be changed to or from a work queue.
    await streams.add({ name: eventStreamName('notes'), subjects: ['events.notes.>'], retention: 'workqueue' });
    const refused = reconcileEventStream(connection, { ...options, module: 'notes' });
    await expect(refused).rejects.toBeInstanceOf(StreamChangeRefused);
  });
});
