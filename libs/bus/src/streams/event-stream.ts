// The stream of a module's events, declared by the code and reconciled whenever the bus is connected.
import {
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';

const STREAM_NOT_FOUND = 10_059;

export interface EventStreamOptions {
  /** The module's name: the stream is EVENTS_<MODULE>, its subjects events.<module>.>. */
  module: string;
  /** How long the stream keeps an event. */
  maxAgeMs: number;
  /** How long a repeated message is recognised by its id. */
  duplicateWindowMs: number;
  replicas?: number;
}

export function eventStreamName(module: string): string {
  return `EVENTS_${module.toUpperCase().replaceAll('-', '_')}`;
}

function wanted({ module, maxAgeMs, duplicateWindowMs, replicas = 1 }: EventStreamOptions) {
  return {
    name: eventStreamName(module),
    subjects: [`events.${module}.>`],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(duplicateWindowMs),
    num_replicas: replicas,
  } satisfies Partial<StreamConfig>;
}

/**
 * Makes the stream, or brings it to what the code declares.
 * @param beforeCreation runs when the stream is not there, before it is: a crash in between is met again.
 * @throws JetStreamApiError when the server refuses the change: a difference is never silently ignored.
 */
export async function reconcileEventStream(
  connection: NatsConnection,
  options: EventStreamOptions,
  beforeCreation: () => Promise<void> = () => Promise.resolve(),
): Promise<'created' | 'updated' | 'unchanged'> {
  const manager = await jetstreamManager(connection);
  const config = wanted(options);
  const present = await manager.streams.info(config.name).catch((error: unknown) => {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  });
  if (!present) {
    await beforeCreation();
    await manager.streams.add(config);
    return 'created';
  }
  const differs = Object.entries(config).some(
    ([key, value]) => JSON.stringify(present.config[key as keyof StreamConfig]) !== JSON.stringify(value),
  );
  if (!differs) return 'unchanged';
  await manager.streams.update(config.name, { ...present.config, ...config });
  return 'updated';
}
