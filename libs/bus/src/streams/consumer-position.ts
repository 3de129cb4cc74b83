// Consumers that are ahead of their stream. A server that comes back without its newest messages gives their sequences to the
// next ones, and a consumer that has acknowledged those sequences would never deliver them.
import { DeliverPolicy, JetStreamApiError, RetentionPolicy, type ConsumerInfo } from '@nats-io/jetstream';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { setTimeout as delay } from 'node:timers/promises';
import { isMissing } from './reconcile.js';

export interface ConsumerReset {
  consumer: string;
  /** The last sequence that it had delivered. */
  delivered: number;
  /** The sequence at which it goes on. */
  start: number;
}

const SERVER_FAULT = 503;
const SETTLE_MS = 1_000;

/** @param intact the last sequence whose message is what it was when a consumer saw it. */
export function isAhead({ delivered }: ConsumerInfo, intact: number): boolean {
  return delivered.stream_seq > intact;
}

/**
 * Makes the consumer anew, with its configuration, behind what it has acknowledged and the stream still has. A crash in between
 * leaves no consumer: the next node that declares it starts at the beginning. Messages may be repeated; no message is skipped.
 */
export async function resetConsumer(
  manager: JetStreamManager,
  { config: stream }: Pick<StreamInfo, 'config'>,
  consumer: ConsumerInfo,
  intact: number,
): Promise<ConsumerReset> {
  const { name, ack_floor: floor, delivered, config } = consumer;
  // What a work queue still has is not done.
  const all = stream.retention === RetentionPolicy.Workqueue;
  const start = all ? 0 : Math.min(floor.stream_seq, intact) + 1;
  const { opt_start_time: _time, opt_start_seq: _seq, ...rest } = config;
  await manager.consumers.delete(stream.name, name).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  const position = all
    ? { deliver_policy: DeliverPolicy.All }
    : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start };
  try {
    await manager.consumers.add(stream.name, { ...rest, ...position });
  } catch (error) {
    // A node that consumes has made it meanwhile, from the beginning on.
    if (!(error instanceof JetStreamApiError) || error.status >= SERVER_FAULT) throw error;
    const present = await manager.consumers.info(stream.name, name);
    if (present.created === consumer.created) throw error;
  }
  return { consumer: name, delivered: delivered.stream_seq, start };
}

/** @returns what was reset, where the consumer was ahead of its stream, and the consumer as it was found. */
export async function resetConsumerAhead(
  manager: JetStreamManager,
  stream: string,
  name: string,
): Promise<{ reset?: ConsumerReset; present: ConsumerInfo }> {
  let { info, present } = await lookAt(manager, stream, name);
  if (!isAhead(present, info.state.last_seq)) return { present };
  if (info.config.num_replicas > 1) {
    // Another replica has just begun to lead, perhaps, and still reads its log.
    await delay(SETTLE_MS);
    ({ info, present } = await lookAt(manager, stream, name));
    if (!isAhead(present, info.state.last_seq)) return { present };
  }
  return { reset: await resetConsumer(manager, info, present, info.state.last_seq), present };
}

/** The consumer first: it never looks ahead because messages came in between. */
async function lookAt(
  manager: JetStreamManager,
  stream: string,
  name: string,
): Promise<{ info: StreamInfo; present: ConsumerInfo }> {
  const present = await manager.consumers.info(stream, name);
  return { present, info: await manager.streams.info(stream) };
}
