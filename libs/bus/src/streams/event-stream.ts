// The stream of a module's events, declared by the code and reconciled whenever the bus is connected.
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { reconcileStream, type Reconciled } from './reconcile.js';

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
 * @throws StreamChangeRefused when the server refuses the change: a difference is never silently ignored.
 */
export function reconcileEventStream(
  connection: NatsConnection,
  options: EventStreamOptions,
  beforeCreation?: () => Promise<void>,
): Promise<Reconciled> {
  return reconcileStream(connection, wanted(options), beforeCreation);
}
