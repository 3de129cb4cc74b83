// Streams and consumers are declared by the code: made where they are missing, brought up to the declaration where they
// differ, and an error where the server refuses that. A difference is never silently ignored.
import {
  JetStreamApiError,
  jetstreamManager,
  type ConsumerConfig,
  type ConsumerUpdateConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

const STREAM_NOT_FOUND = 10_059;
const CONSUMER_NOT_FOUND = 10_014;
const SERVER_FAULT = 503;

export type Reconciled = 'created' | 'updated' | 'unchanged';

/** A stream is there, but not as the code declares it. */
export class StreamChangeRefused extends Error {
  constructor(stream: string, cause: Error) {
    super(`The change of the stream ${stream} was refused: ${cause.message}`, { cause });
    this.name = 'StreamChangeRefused';
  }
}

/** @throws StreamChangeRefused; JetStreamApiError when it cannot be made, or the server has no answer at present. */
export async function reconcileStream(
  connection: NatsConnection,
  config: Partial<StreamConfig> & { name: string },
  beforeCreation: () => Promise<void> = () => Promise.resolve(),
): Promise<Reconciled> {
  const { streams } = await jetstreamManager(connection);
  const present = await unlessMissing(streams.info(config.name), STREAM_NOT_FOUND);
  if (!present) {
    await beforeCreation();
    await streams.add(config);
    return 'created';
  }
  if (!differs(present.config, config)) return 'unchanged';
  await streams.update(config.name, { ...present.config, ...config }).catch((error: unknown) => {
    throw error instanceof JetStreamApiError && error.status < SERVER_FAULT
      ? new StreamChangeRefused(config.name, error)
      : error;
  });
  return 'updated';
}

/** @throws JetStreamApiError when the server refuses, or the stream is not there. */
export async function reconcileConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig> & { durable_name: string },
): Promise<Reconciled> {
  const present = await unlessMissing(manager.consumers.info(stream, config.durable_name), CONSUMER_NOT_FOUND);
  if (!present) {
    await manager.consumers.add(stream, config);
    return 'created';
  }
  if (!differs(present.config, config)) return 'unchanged';
  const merged = { ...present.config, ...config } as Partial<ConsumerUpdateConfig>;
  await manager.consumers.update(stream, config.durable_name, merged);
  return 'updated';
}

export function isMissingStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND;
}

/** The stream, or the consumer. */
export function isMissing(error: unknown): boolean {
  return isMissingStream(error) || (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND);
}

async function unlessMissing<T>(info: Promise<T>, code: number): Promise<T | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
}

function differs(present: object, wanted: object): boolean {
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(present[key as keyof typeof present]) !== JSON.stringify(value),
  );
}
